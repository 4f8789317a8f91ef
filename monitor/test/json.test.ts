import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '../../broker/test/support/database';
import { insertConnection, prepare, run } from './installation';
import { mismatches, type Schema } from './schema';

const schema = JSON.parse(
  readFileSync(path.join(__dirname, '../../docs/monitor-tokens.schema.json'), 'utf8'),
) as Schema;

interface Report {
  state: string;
  exitCode: number;
  filters: object;
  totals: Record<string, number>;
  connections: Record<string, unknown>[];
}

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await prepare(db);
  await insertConnection(db, {
    client: 'dead',
    status: 'reauth_required',
    reason: 'revoked',
    failures: 2,
    error: 'invalid_grant',
  });
  await insertConnection(db, {
    client: null,
    service: 'stripe',
    kind: 'api_key',
    refreshToken: false,
    expiresIn: null,
  });
  await insertConnection(db, { organization: 'studio', absoluteEndIn: '3 days', service: 'slack\u009b1m' });
});
afterAll(() => db.drop());

async function json(...args: string[]): Promise<Report> {
  const { code, out, complaints } = await run(db.url, ['--json', ...args]);
  expect(complaints).toBe('');
  const report = JSON.parse(out) as Report;
  expect(report.exitCode).toBe(code);
  return report;
}

test('a report is as the schema describes it, and holds no field that the schema does not know', async () => {
  const report = await json('--client', 'dead', '--service', 'google', '--status', 'reauth_required');
  expect(mismatches(schema, report)).toEqual([]);
  expect(mismatches(schema, await json())).toEqual([]);
  expect(report.filters).toEqual({ client: 'dead', service: 'google', status: 'reauth_required' });
  expect(report).toMatchObject({ state: 'CRITICAL', totals: { connections: 1, allConnections: 3, reconnect: 1 } });
  expect(report.connections).toEqual([
    expect.objectContaining({
      clientId: 'dead',
      status: 'reauth_required',
      statusReason: 'revoked',
      failures: 2,
      severity: 'critical',
    }),
  ]);
});

test('an UNKNOWN is as the schema describes it', async () => {
  const { code, out } = await run('postgres://nobody@127.0.0.1:1/x', ['--json']);
  expect(code).toBe(3);
  expect(mismatches(schema, JSON.parse(out))).toEqual([]);
});

test('all connections are given unless --limit says less, and an empty list is a list', async () => {
  for (let i = 0; i < 51; i++) await insertConnection(db, { name: `n${i}` });
  expect((await json()).connections).toHaveLength(54);
  expect((await json('--limit', '2')).connections).toHaveLength(2);
  expect((await json('--status', 'key_unavailable')).connections).toEqual([]);
});

test('a terminal finds nothing to obey in it', async () => {
  const { out } = await run(db.url, ['--json']);
  expect(out).toMatch(/^[\n\x20-\x7e]+$/);
  expect((JSON.parse(out) as Report).connections.map(({ service }) => service)).toContain('slack\u009b1m');
});

test('the schema check itself notices what is wrong', async () => {
  const report = await json();
  expect(mismatches(schema, { ...report, state: 'FINE' })).not.toEqual([]);
  expect(mismatches(schema, { ...report, connections: [{}] })).not.toEqual([]);
  expect(mismatches(schema, { ...report, unheardOf: 1 })).not.toEqual([]);
  expect(mismatches(schema, { ...report, now: 'yesterday' })).not.toEqual([]);
});
