import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expressMessages } from '../../src/http/express-messages';

test('requests and answers are made as what Express would make of them, and work as such', async () => {
  const app = express();
  const messages = expressMessages(app);
  const made: unknown[] = [];
  app.get('/', (request, response) => {
    made.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response));
    response.json({ host: request.get('host'), app: request.app === app && response.app === app });
  });
  const server = createServer(messages, (request, response) => {
    made.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response));
    app(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const answer = await (await fetch(`http://${host}/`)).json();
  server.close();
  server.closeAllConnections();
  expect(answer).toEqual({ host, app: true });
  expect(made.map((prototype) => prototype === app.request || prototype === app.response)).toEqual(Array(4).fill(true));
});
