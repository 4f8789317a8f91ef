import { connectDatabase, type Database } from '../../src/db/database';
import { allRoutes } from '../../src/http/serve';
import type { Route } from '../../src/http/route';
import { SCOPES } from '../../src/secrets/scopes';
import { silent } from '../support/broker';
import { setScene, type Scene } from './scene';

let scene: Scene;
let objects: Record<string, string>;
let routes: Route[];
let database: Database;
beforeAll(async () => {
  scene = await setScene();
  database = connectDatabase({ url: scene.database.url, role: 'otobot_serve', max: 1, log: silent });
  routes = allRoutes(scene.broker.broker);
  const { ask, otherKey: key } = scene;
  // All of it belongs to `other`; the caller of the tests is the operator of `default`.
  await ask('POST /v1/clients', { key, body: { clientId: 'theirs', name: 'CANARY-client' } });
  await ask('POST /v1/services', {
    key,
    body: {
      name: 'private',
      authorizationUrl: 'https://crm.example/authorize',
      tokenUrl: 'https://crm.example/token',
      displayName: 'CANARY-service',
    },
  });
  await ask('PUT /v1/services/private/app', { key, body: { clientId: 'CANARY-app', clientSecrets: ['s'] } });
  const connection = await ask('POST /v1/connections', {
    key,
    body: { clientId: 'theirs', service: 'private', accessToken: 'CANARY-token' },
  });
  const accessKey = await ask('POST /v1/access-keys', { key, body: { name: 'CANARY-key', preset: 'n8n' } });
  const connectLink = await ask('POST /v1/connect-links', { key, body: { clientId: 'theirs', service: 'private' } });
  objects = {
    clientId: 'theirs',
    service: 'private',
    connection: String(connection.json.id),
    accessKey: String(accessKey.json.id),
    connectLink: String(connectLink.json.id),
  };
});
afterAll(async () => {
  await database.close();
  await scene.close();
});

// Bodies that are fine in themselves, for the routes that take one.
const BODIES: Record<string, object> = {
  'post /v1/clients': { clientId: 'new', name: 'n' },
  'post /v1/services': { name: 'new', tokenUrl: 'https://new.example/token' },
  'post /v1/access-keys': { name: 'new', preset: 'n8n' },
  'post /v1/grants': { clientId: 'theirs', service: 'private' },
  'post /v1/connections': { clientId: 'theirs', service: 'private', accessToken: 'a' },
  'post /v1/connect-links': { clientId: 'theirs', service: 'private' },
  'patch /v1/clients/:clientId': { name: 'x' },
  'patch /v1/services/:service': { displayName: 'x' },
  'post /v1/services/:service/move': { tokenUrl: 'https://login.crm.example/token' },
  'put /v1/services/:service/app': { clientId: 'o', clientSecrets: ['s'] },
  'put /v1/clients/:clientId/apps/:service': { clientId: 'o', clientSecrets: ['s'] },
  'patch /v1/access-keys/:id': { name: 'x' },
};
const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
const isAboutAnObject = (route: Route): boolean =>
  route.path.includes(':') ||
  ['post /v1/grants', 'post /v1/connections', 'post /v1/connect-links'].includes(nameOf(route));
const requestOf = ({ method, path }: Route): string => {
  const id =
    { '/v1/access-keys': objects.accessKey, '/v1/connect-links': objects.connectLink }[path.split('/:')[0] ?? ''] ??
    objects.connection;
  const filled = path
    .replace(':clientId', objects.clientId ?? '')
    .replace(':service', objects.service ?? '')
    .replace(':id', id ?? '');
  return `${method.toUpperCase()} ${filled}`;
};
const send = (route: Route, key: string) => {
  const body = BODIES[nameOf(route)];
  return scene.ask(requestOf(route), { key, ...(body && { body }) });
};

test("another organization's object is not found, on every route", async () => {
  const about = routes.filter(isAboutAnObject);
  expect(about.length).toBeGreaterThan(20);
  const found: string[] = [];
  for (const route of about) {
    const { status, json, text } = await send(route, scene.key);
    if (status !== 404 || json.code !== 'not_found' || text.includes('CANARY'))
      found.push(`${nameOf(route)}: ${status} ${text}`);
  }
  expect(found).toEqual([]);
});

test('the same requests succeed for its owner, so the test above could fail', async () => {
  const reading = routes.filter(
    (route) => isAboutAnObject(route) && (route.method === 'get' || route.method === 'patch'),
  );
  for (const route of reading)
    expect({ route: nameOf(route), status: (await send(route, scene.otherKey)).status }).toEqual({
      route: nameOf(route),
      status: 200,
    });
});

test('lists hold nothing of another organization', async () => {
  const lists = routes.filter(
    (route) => route.method === 'get' && route.scope !== 'public' && !route.path.includes(':'),
  );
  expect(lists.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      '/v1/clients',
      '/v1/services',
      '/v1/connections',
      '/v1/access-keys',
      '/v1/connect-links',
      '/v1/audit',
    ]),
  );
  for (const { path } of lists) {
    const { status, text } = await scene.ask(`GET ${path}`);
    expect({ path, status, leaks: text.includes('CANARY') }).toEqual({
      path,
      status: 200,
      leaks: false,
    });
  }
});

test('every route refuses a key without its scope, and nobody else is let in', async () => {
  const wrong: string[] = [];
  for (const scope of new Set(routes.map((route) => route.scope))) {
    if (scope === 'public' || scope === 'any') continue;
    const { key } = await scene.mint({ scopes: SCOPES.filter((other) => other !== scope) }, 'other');
    for (const route of routes.filter((each) => each.scope === scope)) {
      const { status, json } = await send(route, key);
      if (status !== 403 || json.code !== 'scope_missing') wrong.push(`${nameOf(route)}: ${status}`);
      const nobody = await send(route, 'otb_live_000000000000_forged');
      if (nobody.status !== 401) wrong.push(`${nameOf(route)}: ${nobody.status} without a key`);
    }
  }
  expect(wrong).toEqual([]);
});

test('row-level security hides the rows of others when a WHERE is forgotten', async () => {
  const tables = [
    'clients',
    'apps',
    'connections',
    'token_sets',
    'access_keys',
    'outbox',
    'audit',
    'refresh_attempts',
    'connection_status',
    'connect_links',
    'flows',
  ];
  const { rows } = await scene.database.query<{ id: string; name: string }>('select id, name from organizations');
  const idOf = (name: string): string => rows.find((row) => row.name === name)?.id ?? '';
  const count = (organization: string, text: string) =>
    database.asTenant(idOf(organization), (tx) => tx.query<{ n: number }>({ text }));
  for (const table of tables) {
    expect({
      table,
      rows: await count('default', `select count(*) as n from ${table} where organization_id = '${idOf('other')}'`),
    }).toEqual({ table, rows: [{ n: 0 }] });
  }
  expect((await count('other', 'select count(*) as n from connections'))[0]?.n).toBe(1);
  expect(await count('default', `select count(*) as n from services where name = 'private'`)).toEqual([{ n: 0 }]);
  for (const change of [
    'update connections set status = status',
    'delete from clients',
    'delete from access_keys',
    `update services set display_name = 'overwritten'`,
  ]) {
    await count('default', change).catch(() => undefined);
  }
  expect((await scene.database.query(`select from clients where client_id = 'theirs'`)).rowCount).toBe(1);
  expect((await scene.ask('GET /v1/services/private', { key: scene.otherKey })).json.displayName).not.toBe(
    'overwritten',
  );
  await expect(database.query({ text: 'select from clients' })).resolves.toEqual([]);
});

test('a caller of one organization cannot write rows of another, by any statement', async () => {
  const { rows } = await scene.database.query<{ id: string; name: string }>('select id, name from organizations');
  const other = rows.find(({ name }) => name === 'other')?.id ?? '';
  const shared = `insert into services (name, display_name, oauth_type) values ('smuggled', 's', 'api_key')`;
  await expect(database.asTenant(other, (tx) => tx.query({ text: shared }))).rejects.toThrow(/row-level security/);
  const foreign = `insert into clients (organization_id, client_id, name) select id, 'smuggled', 's' from organizations where name = 'default'`;
  await database.asTenant(other, (tx) => tx.query({ text: foreign }));
  await expect(
    database.asTenant(other, (tx) =>
      tx.query({
        text: `update clients set organization_id = '${rows.find(({ name }) => name === 'default')?.id ?? ''}'`,
      }),
    ),
  ).rejects.toThrow(/row-level security/);
  await expect(database.asTenant(other, (tx) => tx.query({ text: 'delete from audit' }))).rejects.toThrow(
    /permission denied/,
  );
  expect((await scene.database.query(`select from clients where client_id = 'smuggled'`)).rowCount).toBe(0);
});
