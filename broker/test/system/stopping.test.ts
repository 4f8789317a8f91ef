import { startDatabaseProxy, type DatabaseProxy } from '../support/database-proxy';
import { startProvider } from '../support/provider';
import { until } from '../support/until';
import { createInstallation, type Installation } from './installation';
import { startLoad } from './load';
import type { Program } from './program';
import { exchange, request } from './raw';
import { addService, connectClient, must, operatorOf } from './operator';

let installation: Installation;
let key: string;

beforeAll(async () => {
  installation = createInstallation();
  const first = await installation.start('start');
  key = first.accessKey ?? '';
  first.signal('SIGTERM');
  await first.ended;
}, 60_000);
afterAll(() => installation.remove());

test.each(['SIGTERM', 'SIGINT'] as const)('%s under load drops no request and ends with 0', async (signal) => {
  const program = await installation.start('start', { RATE_LIMIT_PER_MINUTE: '1000000' });
  const load = startLoad({ key, urls: [`${program.url}/v1/whoami`], readers: 30 });
  await until('the load is on', () => (load.counts['200'] ?? 0) > 500);
  const toldAt = performance.now();
  program.signal(signal);
  expect((await program.ended).code).toBe(0);
  expect(performance.now() - toldAt).toBeLessThan(25_000);
  await until('nobody listens', () => (load.counts.refused ?? 0) > 0);
  await load.stop();
  expect(load.counts).toEqual({ 200: expect.any(Number) as number, refused: expect.any(Number) as number });
  expect(installation.server()).toBeNull();
});

test('a refresh under way when the signal comes is finished, stored and not repeated', async () => {
  const provider = await startProvider();
  const program = await installation.start('start');
  const operator = operatorOf(program.url, key);
  await addService(operator, 'crm', provider);
  const { id } = await connectClient(operator, provider, { clientId: 'acme', service: 'crm' });
  provider.next({ delayMs: 1_000 });
  const asked = operator('POST', `/v1/connections/${id}/refresh`);
  await provider.received(1);
  program.signal('SIGTERM');
  expect(await must(asked)).toMatchObject({ generation: 2 });
  expect((await program.ended).code).toBe(0);

  const next = await installation.start('serve');
  const read = await must(operatorOf(next.url, key)('GET', '/v1/credentials/acme/crm'));
  expect(provider.accepts(read.accessToken as string)).toBe(true);
  expect(provider.calls).toHaveLength(1);
  next.signal('SIGTERM');
  await next.ended;
  await provider.close();
});

test('the last process out stops the embedded server, whoever started it and however the others ended', async () => {
  const starter = await installation.start('start');
  const others = [await installation.start('serve'), await installation.start('refresh')] as const;
  const server = installation.server();
  starter.signal('SIGKILL');
  await starter.ended;
  others[0].signal('SIGTERM');
  expect((await others[0].ended).code).toBe(0);
  expect(installation.server()).toEqual(server);
  others[1].signal('SIGTERM');
  expect((await others[1].ended).code).toBe(0);
  expect(installation.server()).toBeNull();
});

test('a signal while it starts ends it as cleanly', async () => {
  const starting = installation.begin(['start']);
  await until('the embedded server runs', () => installation.server() !== null);
  starting.signal('SIGTERM');
  expect(await starting.ended).toMatchObject({ code: 0, signal: null });
  expect(installation.server()).toBeNull();
});

describe('while PostgreSQL accepts connections and answers nothing', () => {
  let proxy: DatabaseProxy;
  let ground: Program;
  beforeAll(async () => {
    ground = await installation.start('start');
    proxy = await startDatabaseProxy(installation.databaseUrl());
  });
  afterAll(async () => {
    await proxy.close();
    ground.signal('SIGTERM');
    await ground.ended;
  });

  test('SIGTERM answers whoever waits and ends the process within 25 s', async () => {
    const env = { DATABASE_URL: proxy.url, RATE_LIMIT_PER_MINUTE: '1000000' };
    const program = await installation.start('serve', env);
    const load = startLoad({ key, urls: [`${program.url}/v1/whoami`, `${program.url}/v1/clients`], readers: 30 });
    await until('the load is on', () => (load.counts['200'] ?? 0) > 100);
    proxy.hang();
    await until('it is felt', () => (load.counts['503'] ?? 0) > 0);
    const toldAt = performance.now();
    program.signal('SIGTERM');
    const { code } = await program.ended;
    expect(performance.now() - toldAt).toBeLessThan(25_000);
    expect(code).toBe(0);
    await load.stop();
    expect(Object.keys(load.counts).sort()).toEqual(['200', '503', 'refused'].filter((name) => name in load.counts));
  }, 60_000);

  test('a second signal ends it at once', async () => {
    proxy.mend();
    const program = await installation.start('serve', { DATABASE_URL: proxy.url });
    proxy.hang();
    program.signal('SIGTERM');
    await until(
      'nobody is accepted any more',
      async () => (await exchange(program.url, request('GET', '/health', []))).status === 0,
    );
    program.signal('SIGINT');
    expect((await program.ended).code).toBe(1);
  });
});
