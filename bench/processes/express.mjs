// Bare Express 5: one route, res.json, every setting as Express comes. No key, no limit, no log, no audit.
import { once } from 'node:events';
import { fromBroker } from '../from-broker.mjs';
import { serveParent } from '../parent.mjs';

const express = fromBroker('express');

serveParent(async ({ answers }) => {
  const server = express();
  server.get('/v1/credentials/:clientId/:service', (request, response) => {
    response.json(answers[request.params.clientId]);
  });
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return { ready: { port: listening.address().port }, commands: {} };
});
