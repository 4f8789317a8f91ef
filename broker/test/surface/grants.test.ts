import fs from 'node:fs';
import path from 'node:path';
import type { Broker } from '../../src/app/broker';
import type { Serving } from '../../src/app/serving';
import { allRoutes, grantRoutes } from '../../src/http/serve';
import { TOKEN_ROUTE } from '../../src/http/token/token-endpoint';
import type { Route } from '../../src/http/route';
import { withClient } from '../support/postgres-statements';
import { operatorOf, type Operator } from '../system/operator';
import type { Program } from '../system/program';
import { setStage, type Stage } from './stage';

let stage: Stage;
let grants: Program;
let ask: Operator;
let waysOut: string;
beforeAll(async () => {
  stage = await setStage();
  waysOut = path.join(stage.installation.dataDir, 'ways-out.jsonl');
  grants = await stage.startGrants({
    NODE_OPTIONS: `--require ${path.join(__dirname, 'ways-out.cjs')}`,
    OTOBOT_TEST_WAYS_OUT: waysOut,
  });
  ask = operatorOf(grants.url, stage.key);
}, 120_000);
afterAll(() => stage.close());

const nameOf = ({ method, path: pattern }: Pick<Route, 'method' | 'path'>): string => `${method} ${pattern}`;
const here = [...grantRoutes({} as Serving), TOKEN_ROUTE].map(nameOf);

test('a process with the serve key alone releases credentials, by the same rules and with the same audit', async () => {
  const read = await ask('GET', '/v1/credentials/acme/crm');
  expect(read.status).toBe(200);
  expect(read.json).toEqual((await stage.operator('GET', '/v1/credentials/acme/crm')).json);
  expect((await ask('POST', '/v1/grants', { clientId: 'acme', service: 'crm', workflowId: 'apart' })).json).toEqual(
    read.json,
  );
  const rows = await stage.installation.query(`select code, client_id from audit where workflow_id = 'apart'`);
  expect(rows).toEqual([{ code: 'released', client_id: 'acme' }]);
  expect((await operatorOf(grants.url, 'otb_live_000000000000_forged')('GET', '/v1/whoami')).json.code).toBe(
    'key_invalid',
  );
});

test('programs that only speak OAuth get their token there too', async () => {
  const form = { grant_type: 'client_credentials', client_id: 'acme/crm', client_secret: stage.key };
  const answer = await fetch(`${grants.url}/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) });
  expect(answer.status).toBe(200);
  const { accessToken } = (await ask('GET', '/v1/credentials/acme/crm')).json;
  expect(await answer.json()).toMatchObject({ access_token: accessToken, token_type: 'Bearer' });
});

test('a token that has ended is refreshed by the workers, and the new one released', async () => {
  const { generation } = (await ask('GET', '/v1/credentials/acme/crm')).json;
  await stage.installation.query(`update token_sets set expires_at = otobot_now() where kind = 'current'`);
  await stage.installation.query('update connections set version = version + 1');
  const renewed = await ask('GET', '/v1/credentials/acme/crm');
  expect(renewed.status).toBe(200);
  expect(renewed.json.generation).toBe(Number(generation) + 1);
});

test('the client who has to connect gets the same link from there, which leads to the clients’ pages', async () => {
  const refused = await ask('GET', '/v1/credentials/new/crm');
  expect(refused).toMatchObject({ status: 409, json: { code: 'reauth_required', reason: 'never_connected' } });
  expect(String(refused.json.connectUrl)).toMatch(/^http:\/\/localhost:\d+\/connect\//);
  const elsewhere = await stage.operator('GET', '/v1/credentials/new/crm');
  expect(path.basename(String(refused.json.connectUrl))).toBe(path.basename(String(elsewhere.json.connectUrl)));
});

test('there is nothing else: every other route is as unknown as a path that never was', async () => {
  const others = [
    ...allRoutes({} as Broker).filter((route) => !here.includes(nameOf(route))),
    { method: 'get', path: '/connect/:token' },
    { method: 'post', path: '/connect/:token' },
    { method: 'get', path: '/oauth/callback/:service' },
    { method: 'get', path: '/openapi.json' },
    { method: 'get', path: '/docs' },
  ] as const;
  expect(others.length).toBeGreaterThan(30);
  const without = (text: string): string => text.replace(/"requestId":"[^"]*"/, '');
  const unknown = await ask('GET', '/v1/nothing');
  expect(unknown).toMatchObject({ status: 404, json: { code: 'not_found' } });
  const found: string[] = [];
  for (const route of others) {
    const filled = route.path.replace(/:[a-zA-Z]+/g, 'acme');
    const { status, text } = await ask(route.method.toUpperCase(), filled, route.method === 'get' ? undefined : {});
    if (status !== 404 || without(text) !== without(unknown.text)) found.push(`${nameOf(route)}: ${status} ${text}`);
  }
  expect(found).toEqual([]);
});

test('it says what it is: in /ready, in its greeting and in the row that the monitor reads', async () => {
  expect((await ask('GET', '/ready')).json).toMatchObject({ status: 'ready', surface: 'grants' });
  expect((await stage.operator('GET', '/ready')).json).toMatchObject({ status: 'ready', surface: 'all' });
  expect(grants.stdout()).toContain('serving credentials and nothing else');
  const rows = await stage.installation.query<{ role: string; surface: string | null; purposes: string[] }>(
    `select role, surface, (select array_agg(distinct k.purpose order by k.purpose) from encryption_keys k
                             where k.version = any (p.key_versions)) as purposes
       from processes p order by surface`,
  );
  expect(rows).toEqual([
    { role: 'serve', surface: 'all', purposes: ['access', 'audit', 'pepper', 'refresh', 'session'] },
    { role: 'serve', surface: 'grants', purposes: ['access', 'audit', 'pepper'] },
    { role: 'refresh', surface: null, purposes: ['access', 'audit', 'pepper', 'refresh', 'session'] },
  ]);
});

test('its login can take two roles and be nothing else: no owner, no worker, no writer of history', async () => {
  await withClient(stage.environment.DATABASE_URL ?? '', async (client) => {
    for (const refused of [
      'set role otobot_refresh',
      'set role otobot_monitor',
      'set role otobot',
      'alter table audit add column x text',
      'create table x ()',
      'delete from audit',
      "update audit set code = 'x'",
      'delete from encryption_keys',
      "insert into otobot_migrations (name, checksum) values ('x', '')",
    ])
      await expect(client.query(refused)).rejects.toThrow(/permission denied|must be (owner|member)/);
    await client.query('set role otobot_serve');
    expect((await client.query('select from token_sets')).rowCount).toBe(0);
  });
});

// The last one: it ends the process to see what it had loaded.
test('it cannot call out: nothing that could was loaded, and it spoke to PostgreSQL alone', async () => {
  grants.signal('SIGTERM');
  expect((await grants.ended).code).toBe(0);
  const notes = fs
    .readFileSync(waysOut, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { connected?: string; loaded?: string });
  const connected = new Set(notes.flatMap(({ connected }) => connected ?? []));
  const { hostname, port } = new URL(stage.environment.DATABASE_URL ?? '');
  expect([...connected]).toEqual([`${hostname}:${port}`]);
  const loaded = notes.flatMap(({ loaded }) => loaded ?? []);
  expect(loaded.some((file) => file.endsWith('serve-credential.js'))).toBe(true);
  expect(
    loaded.filter((file) =>
      /simple-oauth2|@hapi|outbound\/(outbound|request|get-json)|providers\/token-endpoint/.test(file),
    ),
  ).toEqual([]);
});
