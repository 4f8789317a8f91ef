import { startProvider, type Provider } from '../support/provider';
import { until } from '../support/until';
import { createInstallation, type Installation } from './installation';
import { startLoad, type LoadReply } from './load';
import { addService, connectClient, must, operatorOf, type Operator } from './operator';
import type { Program } from './program';

const CLIENTS = Array.from({ length: 24 }, (_, client) => `client-${client}`);
const settings = { RATE_LIMIT_PER_MINUTE: '1000000' };

/** Two providers: one whose refresh tokens stay valid, one that changes them and lets the old one be used again for a while. */
let providers: { unchanging: Provider; grace: Provider };
let installation: Installation;
let operator: Operator;
let key: string;
let program: Program;
const connections = new Map<string, { service: string; refreshToken: string }>();
const newest = new Map<string, number>();

beforeAll(async () => {
  providers = { unchanging: await startProvider(), grace: await startProvider() };
  providers.unchanging.behave('no-rotation');
  providers.grace.behave('rotate-with-grace');
  installation = createInstallation();
  program = await installation.start('start', settings);
  key = program.accessKey ?? '';
  operator = operatorOf(program.url, key);
  await addService(operator, 'unchanging', providers.unchanging, { rotation: 'none' });
  await addService(operator, 'grace', providers.grace, { rotation: 'grace', graceSeconds: 60 });
}, 60_000);
afterAll(async () => {
  await installation.remove();
  await Promise.all(Object.values(providers).map((provider) => provider.close()));
});

const urlsAt = (url: string): string[] =>
  [...connections.values()].map(({ service }, index) => `${url}/v1/credentials/${CLIENTS[index] ?? ''}/${service}`);
const calls = (): number => providers.unchanging.calls.length + providers.grace.calls.length;

/** Remembers the newest generation that anybody was given of each connection. */
function remember({ status, text }: LoadReply): void {
  if (status !== 200) return;
  const { connectionId, generation } = JSON.parse(text) as { connectionId: string; generation: number };
  newest.set(connectionId, Math.max(generation, newest.get(connectionId) ?? 0));
}

test('kill -9 of the broker and of its database under load loses nothing that anybody was told', async () => {
  // So slow that the last of them are still under way when everything is killed, however fast the machine.
  for (const provider of Object.values(providers)) provider.always({ delayMs: 3_000 });
  for (const [index, clientId] of CLIENTS.entries()) {
    const service = index % 2 === 0 ? 'unchanging' : 'grace';
    const provider = index % 2 === 0 ? providers.unchanging : providers.grace;
    // Alive, but near enough to its end to be due at once.
    const { id, issued } = await connectClient(operator, provider, { clientId, service, expiresInSeconds: 300 });
    connections.set(id, { service, refreshToken: issued.refreshToken });
  }
  const load = startLoad({ key, urls: urlsAt(program.url), readers: 10, onReply: remember });
  await until(
    'all refreshes were sent, and readers are answered',
    () => calls() >= CLIENTS.length && (load.counts['200'] ?? 0) > 0,
  );

  process.kill(installation.server()?.pid ?? 0, 'SIGKILL');
  program.signal('SIGKILL');
  await program.ended;
  await load.stop();
  for (const provider of Object.values(providers)) provider.always(null);

  program = await installation.start('start', settings);
  process.stdout.write(`served again ${Math.round(program.startedInMs)} ms after kill -9 of everything\n`);
  expect(program.startedInMs).toBeLessThan(10_000);
  operator = operatorOf(program.url, key);
}, 60_000);

test('after it, every connection is there and served, with no error', async () => {
  const { items } = (await must(operator('GET', '/v1/connections?limit=500'))) as {
    items: { id: string; generation: number }[];
  };
  expect(items.map(({ id }) => id).sort()).toEqual([...connections.keys()].sort());
  for (const { id, generation } of items) expect(generation).toBeGreaterThanOrEqual(newest.get(id) ?? 1);

  const read = new Set<string>();
  const load = startLoad({ key, urls: urlsAt(program.url), readers: 10, onReply: ({ url }) => read.add(url) });
  await until('all connections were read', () => read.size === connections.size);
  await until('no refresh is open any more', async () => {
    const [row] = await installation.query<{ open: number }>(
      `select count(*)::int as open from connections where status <> 'active' or lease_until is not null`,
    );
    return row?.open === 0;
  });
  await load.stop();
  expect(load.failures).toEqual([]);
  expect(Object.keys(load.counts)).toEqual(['200']);
}, 60_000);

test('what was in flight was repeated once, and nothing else was', async () => {
  const uncertain = await installation.query<{ connection_id: string; generation: number }>(
    `select connection_id, generation from refresh_attempts where outcome = 'uncertain'`,
  );
  const [unfinished] = await installation.query<{ count: number }>(
    'select count(*)::int from refresh_attempts where finished_at is null',
  );
  expect(unfinished?.count).toBe(0);
  const [attempts] = await installation.query<{ refreshed: number }>(
    `select count(*)::int as refreshed from refresh_attempts where outcome = 'refreshed'`,
  );
  expect(uncertain).not.toEqual([]); // or the kill came at no interesting moment
  // Each call of a provider is a refresh that was stored, or one whose worker was killed.
  expect(calls()).toBeLessThanOrEqual((attempts?.refreshed ?? 0) + uncertain.length);
  expect(new Set(uncertain.map(({ connection_id: id, generation }) => `${id} ${generation}`)).size).toBe(
    uncertain.length,
  );
  for (const call of providers.grace.calls)
    expect(providers.grace.callsWith(call.refreshToken ?? '')).toBeLessThanOrEqual(2);
});
