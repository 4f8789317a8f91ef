import { createServer, type AddressInfo } from 'node:net';
import { startDatabaseProxy, type DatabaseProxy } from '../support/database-proxy';
import { withClient } from '../support/postgres-statements';
import { until } from '../support/until';
import { createInstallation, type Installation } from './installation';
import { must, operatorOf } from './operator';
import { exchange, request } from './raw';

let installation: Installation;
let proxy: DatabaseProxy;

beforeAll(async () => {
  installation = createInstallation();
  await installation.start('start');
  await installation.query('delete from access_keys');
  proxy = await startDatabaseProxy(installation.databaseUrl());
}, 60_000);
afterAll(async () => {
  await proxy.close();
  await installation.remove();
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

test('a broker that loses its database between its port and its first access key goes on, and shows the key when it is back', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await withClient(installation.databaseUrl(), async (holder) => {
    await holder.query(`select pg_advisory_lock(hashtext('otobot.first_access_key'))`);
    const program = installation.begin(['serve'], { DATABASE_URL: proxy.url, PORT: String(port) });
    let over = false;
    void program.ended.then(() => (over = true));
    await until(
      'it serves, and waits for its turn to make the key',
      async () =>
        (await exchange(url, request('GET', '/health', []))).status === 200 &&
        (await holder.query(`select from pg_locks where locktype = 'advisory' and not granted`)).rows.length > 0,
    );
    proxy.cut();
    await until('it has felt that', () => over || program.stderr().includes('whether there is an access key'));
    expect(over).toBe(false);
    expect((await exchange(url, request('GET', '/health', []))).status).toBe(200);
    proxy.mend();
    await holder.query('select pg_advisory_unlock_all()');
    const key = await until('it shows the key', () => /^ +(otb_live_\S+)$/m.exec(program.stdout())?.[1]);
    expect(await must(operatorOf(url, key)('GET', '/v1/whoami'))).toMatchObject({ organization: 'default' });

    program.signal('SIGTERM');
    expect((await program.ended).code).toBe(0);
  });
});
