// The obvious way to audit, and nothing else: bytes made beforehand, sent when the one row of this read is committed. No key, no decryption,
// no limit, no request log, no comparison with present facts. The more sessions, the more commits PostgreSQL can take together.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fromBroker } from '../from-broker.mjs';
import { serveParent } from '../parent.mjs';

const pg = fromBroker('pg');

const INSERT = {
  name: 'insert-one',
  text: `insert into audit (occurred_at, process_id, batch, sequence, organization_id, action, code, actor, client_id, service, connection_id,
                            generation, address, request_id)
         select otobot_now(), $1, nextval('audit_batches'), $2, o.id, 'bench.read', 'released', 'key:bench', $3, $4, $5, $6, '127.0.0.1', $7
           from organizations o where o.name = 'default'`,
};

serveParent(async ({ answers, environment, sessions }) => {
  const pool = new pg.Pool({
    connectionString: environment.DATABASE_URL,
    options: '-c role=otobot_audit',
    max: sessions,
  });
  const bodies = new Map(
    Object.entries(answers).map(([id, answer]) => [id, { answer, body: Buffer.from(JSON.stringify(answer)) }]),
  );
  const processId = randomUUID();
  let sequence = 0;
  const server = createServer((request, response) => {
    const { answer, body } = bodies.get(request.url.split('/')[3]);
    const { clientId, service, connectionId, generation } = answer;
    const values = [processId, ++sequence, clientId, service, connectionId, generation, randomUUID()];
    pool.query({ ...INSERT, values }).then(
      () => {
        response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': body.length });
        response.end(body);
      },
      (error) => {
        console.error(error.message);
        response.writeHead(503, { 'Content-Length': 0 }).end();
      },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { ready: { port: server.address().port }, commands: {}, close: () => pool.end() };
});
