// Bare node:http with bytes made beforehand: what is left when everything is left out.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { serveParent } from '../parent.mjs';

serveParent(async ({ answers }) => {
  const bodies = new Map(Object.entries(answers).map(([id, answer]) => [id, Buffer.from(JSON.stringify(answer))]));
  const server = createServer((request, response) => {
    const body = bodies.get(request.url.split('/')[3]);
    response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': body.length });
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { ready: { port: server.address().port }, commands: {} };
});
