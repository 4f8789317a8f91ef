// Bare simple-oauth2: the same calls through the same agent, and nothing done with the answers.
import { randomUUID } from 'node:crypto';
import { fromBroker } from '../from-broker.mjs';
import { serveParent } from '../parent.mjs';

const { AuthorizationCode } = fromBroker('simple-oauth2');
const { createOutbound } = fromBroker('./dist/outbound/outbound');

serveParent(async ({ apps, tokenUrl }) => {
  const outbound = createOutbound({ allowPrivate: 'loopback', privateHosts: [] });
  // simple-oauth2 copies its options deeply, which an agent does not survive, unless its prototype says isImmutable.
  const agent = Object.create(Object.create(outbound.agents.http, { isImmutable: { value: true } }));
  const { origin, pathname } = new URL(tokenUrl);
  const client = { id: 'bench-app', secret: 'bench-secret' };
  const clients = Array.from(
    { length: apps },
    () => new AuthorizationCode({ client, auth: { tokenHost: origin, tokenPath: pathname } }),
  );
  return {
    ready: null,
    commands: { refresh: (wanted) => refreshAll(clients, agent, wanted) },
    close: () => outbound.close(),
  };
});

/** `count` refreshes, `concurrency` of them at once; returns the seconds that they took. */
async function refreshAll(clients, agent, { count, concurrency }) {
  const startedAt = performance.now();
  let begun = 0;
  const work = async () => {
    while (begun < count) {
      const client = clients[begun++ % clients.length];
      const { token } = await client.createToken({ refresh_token: randomUUID() }).refresh({}, { agent });
      if (typeof token.access_token !== 'string') throw new Error('an answer without a token');
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { seconds: (performance.now() - startedAt) / 1_000 };
}
