import fs from 'node:fs';
import path from 'node:path';
import { runningServer } from '../../src/db/embedded/running';
import { startEmbedded } from '../../src/db/embedded/start-embedded';
import { dataOf, enterMember, startMember, temporaryDataDir } from '../support/postgres-members';
import { THROWAWAY } from '../support/postgres-throwaway';
import { withClient } from '../support/postgres-statements';
import { until } from '../support/until';

let dataDir: string;
let remove: () => Promise<void>;
beforeEach(() => ({ dataDir, remove } = temporaryDataDir()));
afterEach(() => remove());

const answers = (url: string): Promise<boolean> =>
  withClient(url, (client) => client.query('select 1')).then(
    () => true,
    () => false,
  );
const serverLog = (): string => fs.readFileSync(path.join(dataDir, 'postgres.log'), 'utf8').trim();

test('the last one out stops the server cleanly, also when the first one was killed', async () => {
  const first = await enterMember(dataDir);
  const second = await enterMember(dataDir);
  expect([first.startedHere, second.startedHere]).toEqual([true, false]);
  expect([second.pid, second.url]).toEqual([first.pid, first.url]);

  await first.kill();
  expect(await answers(second.url)).toBe(true);
  await second.release();
  expect(runningServer(dataOf(dataDir))).toBeNull();
  expect(serverLog()).toMatch(/database system is shut down$/);
});

test('whoever leaves first does not stop the server of the others', async () => {
  const here = await startEmbedded({ dataDir, settings: THROWAWAY });
  const other = await enterMember(dataDir);
  await here.release();
  await here.release();
  expect(await answers(other.url)).toBe(true);
  await other.release();
  expect(await answers(other.url)).toBe(false);
});

test('a server that all its members left by kill -9 is taken over', async () => {
  const killed = await enterMember(dataDir);
  await killed.kill();
  const next = await startEmbedded({ dataDir, settings: THROWAWAY });
  expect([next.startedHere, next.pid, next.url]).toEqual([false, killed.pid, killed.url]);
  await next.release();
  expect(runningServer(dataOf(dataDir))).toBeNull();
});

test('four concurrent first starts make one server', async () => {
  const members = await Promise.all([1, 2, 3, 4].map(() => enterMember(dataDir)));
  expect(members.filter(({ startedHere }) => startedHere)).toHaveLength(1);
  expect(new Set(members.map(({ pid }) => pid)).size).toBe(1);
  await Promise.all(members.map((member) => member.release()));
  expect(runningServer(dataOf(dataDir))).toBeNull();
});

test('a starter killed during initdb leaves nothing that hinders the next one', async () => {
  const starter = startMember(dataDir);
  const home = path.join(dataDir, 'postgres');
  await until(
    'initdb has begun',
    () => fs.existsSync(home) && fs.readdirSync(home).some((name) => name.startsWith('data.')),
  );
  await starter.kill();
  expect(fs.existsSync(dataOf(dataDir))).toBe(false);
  const next = await startEmbedded({ dataDir, settings: THROWAWAY });
  expect(await answers(next.url)).toBe(true);
  await next.release();
});

test('a server that was killed is back on its port while it has members', async () => {
  const here = await startEmbedded({ dataDir, settings: THROWAWAY });
  const other = await enterMember(dataDir);
  const { pid } = here;
  process.kill(pid, 'SIGKILL');
  await until('the server is back', () => here.pid !== pid || runningServer(dataOf(dataDir))?.pid !== pid);
  await until('it answers at the old URL', () => answers(here.url));
  await other.release();
  await here.release();
  expect(runningServer(dataOf(dataDir))).toBeNull();
});

test('a server whose children outlive it for a moment is back on its port all the same', async () => {
  const here = await startEmbedded({ dataDir, settings: THROWAWAY });
  const { pid } = here;
  await withClient(here.url, async (client) => {
    client.on('error', () => undefined);
    const { rows } = await client.query<{ child: number }>('select pg_backend_pid() as child');
    const { child = 0 } = rows[0] ?? {};
    process.kill(child, 'SIGSTOP');
    try {
      process.kill(pid, 'SIGKILL');
      await until('a start was refused', () => serverLog().includes('shared memory block'));
    } finally {
      process.kill(child, 'SIGCONT');
    }
  });
  await until('it answers at the old URL', () => answers(here.url));
  await here.release();
});

test('members whose connections were all terminated are still members', async () => {
  const here = await startEmbedded({ dataDir, settings: THROWAWAY });
  const other = await enterMember(dataDir);
  const count = "select count(*)::int as members from pg_stat_activity where application_name = 'otobot member'";
  const members = (): Promise<number> =>
    withClient(here.url, async (client) => (await client.query<{ members: number }>(count)).rows[0]?.members ?? 0);
  await withClient(here.url, (client) =>
    client.query(
      "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'otobot member'",
    ),
  );
  await until('both are back', async () => (await members()) === 2);
  await other.release();
  expect(await answers(here.url)).toBe(true);
  await here.release();
});
