import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Broker } from '../../src/app/broker';
import { call, makeRoots, startBroker, type TestBroker } from '../support/broker';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { collectingLog, type LogLine } from '../support/log-lines';
import { until } from '../support/until';
import { startReceiver, type Receiver } from './receiver';
import type { Roots } from '../../src/vault/roots';

let db: TestDatabase;
let roots: Roots;
let dataDir: string;
let receiver: Receiver;
const started: TestBroker[] = [];
beforeEach(async () => {
  db = await createTestDatabase();
  roots = await makeRoots(db);
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-watch-'));
  receiver = await startReceiver();
});
afterEach(async () => {
  await stop();
  await receiver.close();
  await db.drop();
  fs.rmSync(dataDir, { recursive: true });
});

async function stop(): Promise<void> {
  await Promise.all(started.splice(0).map((broker) => broker.close()));
}

async function serve(lines: LogLine[] = []): Promise<{ broker: Broker; url: string }> {
  const config = { dataDir, auditHeadUrl: receiver.url };
  const broker = await startBroker(db, { roots, config, log: collectingLog(lines) });
  started.push(broker);
  broker.broker.sealer.start();
  return broker;
}

const HEAD = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
const NUMBER = expect.any(Number) as number;
const TEXT = expect.any(String) as string;

const headFile = (): string => path.join(dataDir, 'audit-head.json');
const rowsSealed = async (): Promise<number> =>
  (await db.query<{ n: number }>('select coalesce(max(rows_total), 0)::int as n from audit_seals')).rows[0]?.n ?? 0;
const rowsWritten = async (): Promise<number> =>
  (await db.query<{ n: number }>('select count(*)::int as n from audit')).rows[0]?.n ?? 0;
const warnings = async (url: string): Promise<unknown> => (await call(`${url}/ready`)).json.warnings;

test('a serving process seals what it writes, tells the head elsewhere, and remembers it when it ends', async () => {
  const { url, broker } = await serve();
  expect((await call(`${url}/v1/whoami`)).status).toBe(401);
  const head = await until('a row is sealed', () =>
    (broker.sealer.auditHead()?.rows ?? 0) > 0 ? broker.sealer.auditHead() : null,
  );
  const told = await until('the head is told', () => receiver.bodies[0]);
  expect(told).toEqual({
    id: 1,
    head: HEAD,
    rows: NUMBER,
    sealedAt: TEXT,
  });
  expect(head).toMatchObject({ head: HEAD });
  await call(`${url}/v1/whoami`);
  await stop();
  expect(await rowsSealed()).toBe(await rowsWritten());
  const { head: last, id } = JSON.parse(fs.readFileSync(headFile(), 'utf8')) as { head: string; id: number };
  const { rows } = await db.query<{ head: Buffer }>('select head from audit_seals where id = $1', [id]);
  expect(rows[0]?.head.toString('hex')).toBe(last);
  expect(fs.statSync(headFile()).mode & 0o777).toBe(0o600);
});

test('an end that is cut off under a running process is told in log, audit and /ready, and it goes on sealing', async () => {
  const lines: LogLine[] = [];
  const { url } = await serve(lines);
  await call(`${url}/v1/whoami`);
  await until('it is sealed', async () => (await rowsSealed()) > 0);
  expect(await warnings(url)).not.toContainEqual(expect.stringContaining('seals'));
  await until('the process has seen its seal', () => started[0]?.broker.sealer.auditHead());
  await db.query('delete from audit_seals');
  await until('it is told', async () => JSON.stringify(await warnings(url)).includes('otobot audit verify'));
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'error', message: expect.stringContaining('chain') as string }),
  );
  const { rows } = await db.query(`select code, actor, detail from audit where action = 'audit.chain_broken'`);
  expect(rows).toEqual([
    { code: 'integrity', actor: 'sealer', detail: expect.objectContaining({ lastSeal: 0 }) as object },
  ]);
  await until('all is sealed again', async () => (await rowsSealed()) === (await rowsWritten()));
});

test('so it is when the end was cut off while nobody served, and still after another restart', async () => {
  const first = await serve();
  await call(`${first.url}/v1/whoami`);
  await until('it is sealed', async () => (await rowsSealed()) > 0);
  await stop();
  await db.query('delete from audit_seals where id = (select max(id) from audit_seals)');
  const second = await serve();
  await until('it is told', async () => JSON.stringify(await warnings(second.url)).includes('otobot audit verify'));
  await stop();
  const third = await serve();
  expect(JSON.stringify(await warnings(third.url))).toContain('otobot audit verify');
  await until('a turn has gone by', () => started[0]?.broker.sealer.auditHead());
  const told = await db.query(`select 1 from audit where action = 'audit.chain_broken'`);
  expect(told.rows).toHaveLength(1);
});

test('a receiver that refuses or hangs up changes nothing, and its URL is not in the log', async () => {
  receiver.answerWith(500);
  const lines: LogLine[] = [];
  const { url } = await serve(lines);
  await call(`${url}/v1/whoami`);
  await until('it was asked', () => receiver.bodies[0]);
  await until('it is told', () => lines.find(({ message }) => message.startsWith('AUDIT_HEAD_URL')));
  expect(JSON.stringify(lines)).not.toContain('canary');
  await until('it is sealed', async () => (await rowsSealed()) === (await rowsWritten()));
});

test('a place that nothing is sent to is refused at the start, without the token in the message', async () => {
  const config = {
    dataDir,
    auditHeadUrl: 'https://169.254.169.254/?token=canary',
    outbound: { allowPrivate: false, privateHosts: [] },
  };
  const starting = startBroker(db, { roots, config });
  await expect(starting).rejects.toThrow(/^AUDIT_HEAD_URL: is a place that nothing is sent to/);
  await expect(starting).rejects.not.toThrow(/canary/);
});

test('without its key the audit waits to be sealed, and nothing is lost', async () => {
  await db.query(`update encryption_keys set status = 'decrypt_only' where purpose = 'audit'`);
  const lines: LogLine[] = [];
  const { url } = await serve(lines);
  await call(`${url}/v1/whoami`);
  await until('it is told', () => lines.find(({ message }) => message.includes('not sealed now')));
  expect(await rowsSealed()).toBe(0);
  await db.query(`update encryption_keys set status = 'primary' where purpose = 'audit'`);
  await until('it is sealed', async () => (await rowsSealed()) > 0 && (await rowsSealed()) === (await rowsWritten()));
});
