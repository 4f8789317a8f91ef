import { Client } from 'pg';
import { call, type Answer } from '../support/broker';
import { startDatabaseProxy, type DatabaseProxy } from '../support/database-proxy';
import { until } from '../support/until';
import { read, setStage, storeConnection, storeKey, type Stage } from './stored';

// Each fault in turn: bounded answers, nothing that is not audited, and serving again soon after it is over. The broker reaches PostgreSQL
// through a proxy that can be cut, slowed down and made to hang.
let stage: Stage;
let proxy: DatabaseProxy;
let key: string;
const CLIENTS = Array.from({ length: 12 }, (_, n) => `client-${n}`);

beforeAll(async () => {
  stage = await setStage(async (url) => {
    proxy = await startDatabaseProxy(url);
    return proxy.url;
  });
  ({ key } = await storeKey(stage));
  for (const clientId of CLIENTS) await storeConnection(stage, clientId, `token-of-${clientId}`);
}, 60_000);
afterAll(async () => {
  await stage.close();
  await proxy.close();
});

/** Patience for a look (5 s for a session, 10 s for a statement) and for the audit (2 s); nobody is kept longer. */
const BOUNDED_MS = 20_000;
const AGAIN_WITHIN_MS = 5_000;

/** Readers of every client at once, some remembered and some not. */
async function readAll(): Promise<Answer[]> {
  const startedAt = performance.now();
  const answers = await Promise.all(
    CLIENTS.map((clientId, n) => read(stage.brokers[n % 2 === 0 ? 0 : 1], key, clientId)),
  );
  expect(performance.now() - startedAt).toBeLessThan(BOUNDED_MS);
  return answers;
}

/** The request ids of all releases. */
async function releases(): Promise<Set<string>> {
  const { rows } = await stage.database.query<{ id: string }>(
    `select request_id as id from audit where action = 'credential.read' and code = 'released'`,
  );
  return new Set(rows.map(({ id }) => id));
}

async function everythingIsAudited(answers: Answer[]): Promise<void> {
  const audited = await releases();
  for (const { status, text, headers } of answers) {
    if (status === 200) expect(audited).toContain(headers.get('x-request-id'));
    else expect(text).not.toContain('token-of-');
  }
}

async function refusedWhile(fault: () => unknown): Promise<void> {
  const before = await readAll();
  expect(before.map(({ status }) => status)).toEqual(CLIENTS.map(() => 200));
  await fault();
  const during = await readAll();
  for (const { status, json, headers } of during) {
    expect([status, json.code]).toEqual([503, expect.stringMatching(/^(audit|database)_unavailable$/)]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  await everythingIsAudited([...before, ...during]);
}

async function servesAgain(): Promise<void> {
  await until(
    'all are served again',
    async () => (await readAll()).every(({ status }) => status === 200),
    AGAIN_WITHIN_MS + BOUNDED_MS,
  );
  await everythingIsAudited(await readAll());
}

/** Facts are looked up again by whoever reads next. */
const everythingChanged = () => stage.database.query(`update clients set name = name || '.'`);
const terminate = () =>
  stage.database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name like 'otobot otobot_%'`,
  );
const databaseName = () => new URL(stage.database.url).pathname.slice(1);

test('a database that is gone', async () => {
  await refusedWhile(() => {
    proxy.cut();
  });
  proxy.mend();
  await servesAgain();
});

test('a database that hangs, also for facts that are not remembered', async () => {
  await refusedWhile(async () => {
    await everythingChanged();
    proxy.hang();
  });
  proxy.mend();
  await servesAgain();
});

test('a database that takes 2 s for every answer releases nothing later than that', async () => {
  await refusedWhile(() => {
    proxy.slow(2_100);
  });
  proxy.mend();
  await servesAgain();
});

test('a database that may only be read', async () => {
  const set = (value: string) =>
    stage.database.query(`alter database ${databaseName()} set default_transaction_read_only = ${value}`);
  await refusedWhile(async () => {
    await set('on');
    await terminate();
  });
  // Whoever sets it back comes in with a session that may write.
  const writer = new Client({
    connectionString: `${stage.database.url}?options=-c%20default_transaction_read_only%3Doff`,
  });
  await writer.connect();
  await writer.query(`alter database ${databaseName()} set default_transaction_read_only = off`);
  await writer.end();
  await terminate();
  await servesAgain();
});

test('a full disk, as PostgreSQL tells of it', async () => {
  await stage.database.query(
    `create function no_space_left() returns trigger language plpgsql as
     $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`,
  );
  await refusedWhile(() =>
    stage.database.query('create trigger no_space_left before insert on audit execute function no_space_left()'),
  );
  await stage.database.query('drop function no_space_left() cascade');
  await servesAgain();
});

test('every session busy with statements that wait for a lock', async () => {
  const blocker = new Client({ connectionString: stage.database.url });
  await blocker.connect();
  await refusedWhile(async () => {
    await everythingChanged();
    await blocker.query('begin; lock table connections in access exclusive mode');
  });
  expect((await call(`${stage.brokers[0].url}/health`)).status).toBe(200);
  await blocker.query('rollback');
  await blocker.end();
  await servesAgain();
});
