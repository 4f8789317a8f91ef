import type { Broker } from '../../src/app/broker';
import { allRoutes } from '../../src/http/serve';
import { withClient } from '../support/postgres-statements';
import { startProvider, type Provider } from '../support/provider';
import { createInstallation, type Installation } from './installation';
import { addService, connectClient, must, operatorOf, type Operator } from './operator';

/** The names of alpha's client and service: the strangers know them and ask for them. */
const NAME = 'alpha-name';
/** What they do not know: it stands in everything of alpha that can be read. */
const MARK = 'alpha-mark';

let provider: Provider;
let installation: Installation;
let alpha: Operator;
let strangers: { beta: Operator; default: Operator };
const ids: Record<string, string> = {};

beforeAll(async () => {
  provider = await startProvider();
  installation = createInstallation();
  const { url, accessKey } = await installation.start('start');
  const [alphaKey, betaKey] = [await makeOrganization('alpha'), await makeOrganization('beta')];
  alpha = operatorOf(url, alphaKey);
  strangers = { beta: operatorOf(url, betaKey), default: operatorOf(url, accessKey ?? '') };
  await fill(alpha, NAME, MARK);
  await fill(strangers.beta, 'beta-name', 'beta-mark');
}, 60_000);
afterAll(async () => {
  await installation.remove();
  await provider.close();
});

/** As an operator at the machine does it. Gives the first key of the organization. */
async function makeOrganization(name: string): Promise<string> {
  const made = await installation.run(['organization', 'create', name]);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const key = await installation.run([
    'access-key',
    'create',
    '--organization',
    name,
    '--preset',
    'operator',
    '--name',
    `${name}-mark`,
    '--json',
  ]);
  expect(key.code).toBe(0);
  return (JSON.parse(key.stdout) as { key: string }).key;
}

async function fill(operator: Operator, name: string, mark: string): Promise<void> {
  await addService(operator, name, provider);
  await must(operator('PATCH', `/v1/services/${name}`, { displayName: mark }));
  const { id } = await connectClient(operator, provider, { clientId: name, service: name });
  await must(operator('PATCH', `/v1/clients/${name}`, { name: mark }));
  await must(operator('POST', '/v1/connect-links', { clientId: name, service: name, reason: mark }));
  await must(operator('POST', `/v1/connections/${id}/refresh`));
  await must(operator('GET', `/v1/credentials/${name}/${name}`));
  const { keyId } = await must(operator('GET', '/v1/whoami'));
  if (name === NAME) Object.assign(ids, { connections: id, 'access-keys': keyId });
}

/** Every GET route there is, with the first organization's names and ids in it. */
function paths(): string[] {
  const routes = allRoutes({} as Broker).filter(({ method }) => method === 'get');
  return routes.map(({ path }) =>
    path
      .replace(/:clientId|:service/g, NAME)
      .replace(/^\/v1\/([a-z-]+)\/:id/, (_whole, kind: string) => `/v1/${kind}/${ids[kind] ?? 'no id for this test'}`),
  );
}

test.each(['beta', 'default'] as const)(
  'organization %s sees nothing of another one over any GET route',
  async (name) => {
    const filters = ['connections?clientId=', 'connections?service=', 'audit?clientId=', 'audit?service='];
    const all = [
      ...paths(),
      ...filters.map((filter) => `/v1/${filter}${NAME}`),
      `/v1/audit?keyId=${ids['access-keys'] ?? ''}`,
    ];
    const aboutAnObject = all.filter((path) => path.includes(`/${NAME}`) || path.includes(`/${ids.connections ?? ''}`));
    const seen: string[] = [];
    for (const path of all) {
      const { status, text } = await strangers[name]('GET', path);
      // Each row of alpha's audit names the key that was used.
      if (status >= 500 || text.includes(MARK) || text.includes(`key:${ids['access-keys'] ?? ''}`))
        seen.push(`${path}: ${text}`);
      if (!path.includes(ids.connections ?? '') && text.includes(ids.connections ?? '')) seen.push(`${path}: ${text}`);
      if (aboutAnObject.includes(path) && status !== 404) seen.push(`${path}: ${status}`);
    }
    expect(seen).toEqual([]);
    expect(aboutAnObject.length).toBeGreaterThanOrEqual(5);
  },
);

test('the owner does see all of it there', async () => {
  const seen: string[] = [];
  for (const path of paths()) {
    const { status, text } = await alpha('GET', path);
    expect([path, status]).toEqual([path, 200]);
    if ([MARK, ids.connections ?? '', ids['access-keys'] ?? ''].some((mark) => text.includes(mark))) seen.push(path);
  }
  expect(paths().filter((path) => !seen.includes(path))).toEqual([
    '/health',
    '/ready',
    expect.stringContaining('/history'),
    expect.stringContaining('/usage'),
  ]);
});

test('a SELECT without any WHERE shows a tenant its own rows alone, in every table', async () => {
  const tables = await installation.query<{ name: string }>(
    `select relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v') and not relispartition
        and has_table_privilege('otobot_serve', c.oid, 'select')`,
  );
  expect(tables.length).toBeGreaterThanOrEqual(10);
  const [beta] = await installation.query<{ id: string }>(`select id from organizations where name = 'beta'`);
  await withClient(installation.databaseUrl(), async (client) => {
    const visible = async (): Promise<Record<string, string[]>> => {
      const entries = [];
      for (const { name } of tables) {
        const { rows } = await client.query<{ id: string }>(`select distinct organization_id::text as id from ${name}`);
        entries.push([name, rows.map(({ id }) => id)] as const);
      }
      return Object.fromEntries(entries);
    };
    await client.query('set role otobot_serve');
    const toNobody = await visible();
    expect(Object.values(toNobody).flat().filter(Boolean)).toEqual([]);
    await client.query(`set otobot.organization_id = '${beta?.id ?? ''}'`);
    const toBeta = Object.entries(await visible()).filter(([, owners]) => owners.length > 0);
    expect(toBeta.length).toBeGreaterThanOrEqual(10);
    for (const [name, owners] of toBeta) expect([name, owners]).toEqual([name, [beta?.id]]);
    const { rows } = await client.query<{ name: string }>('select name from organizations');
    expect(rows).toEqual([{ name: 'beta' }]);
  });
});
