// The operations on connections and clients, against a real broker.
import type { IDataObject, ILoadOptionsFunctions, INodeExecutionData } from 'n8n-workflow';

import { searchClients, searchServices } from '../../nodes/shared/lookups';
import { setRealBroker, until, type Provider, type Scene } from './real-broker';
import { runFetcher, type Run } from './run-fetcher';
import { credentialFields, httpRequest } from './support';

let scene: Scene;
let provider: Provider;
/** Of the preset n8n, and with all that the node can make use of. */
let keys: { preset: string; wide: string };

beforeAll(async () => {
  ({ scene, provider } = await setRealBroker());
  await scene.ask('PATCH /v1/services/crm', { body: { authorizationUrl: `${provider.url}/authorize` } });
  await scene.ask('POST /v1/clients', { body: { clientId: 'globex', name: 'Globex' } });
  const beyond = ['connections:write', 'clients:write'] as const;
  keys = {
    preset: (await scene.mint({ preset: 'n8n' })).key,
    wide: (await scene.mint({ preset: 'n8n', scopes: [...beyond] })).key,
  };
});
afterAll(async () => {
  await scene.close();
  await provider.close();
});

const locator = (value: string) => ({ __rl: true, mode: 'id', value });
const CHOSEN = { clientId: locator('acme'), service: locator('crm') };
const run = (
  resource: string,
  operation: string,
  parameters: IDataObject = {},
  more: Partial<Run> & { key?: string } = {},
) =>
  runFetcher({
    credentials: () =>
      credentialFields(scene.broker.url, { internalToken: more.key ?? keys.wide, clientId: '', service: '' }),
    ...more,
    parameters: { resource, operation, ...parameters },
  });
const json = (items: INodeExecutionData[]) => items.map((item) => item.json);

async function connect(body: IDataObject = {}): Promise<IDataObject> {
  const { accessToken, refreshToken } = provider.issue();
  const credential = { clientId: 'acme', service: 'crm', accessToken, refreshToken, ...body };
  const { status, json } = await scene.ask('POST /v1/connections', { body: credential });
  expect(status).toBe(201);
  return json as IDataObject;
}

describe('Get Status', () => {
  const status = async (parameters: IDataObject) => json(await run('connection', 'getStatus', parameters))[0];

  test('tells what the broker knows of a connection, by its name as by its ID, without its secret', async () => {
    const { id } = await connect({ name: 'status', accessToken: 'never-in-an-item' });
    const named = await status({ ...CHOSEN, options: { connectionName: 'status' } });
    expect(named).toMatchObject({ id, clientId: 'acme', service: 'crm', name: 'status', status: 'active' });
    expect(named).not.toHaveProperty('history');
    expect(await status({ connectionBy: 'id', connectionId: id })).toEqual(named);
    expect(JSON.stringify(named)).not.toContain('never-in-an-item');
  });

  test('adds the history where it is asked for, either way', async () => {
    const { id } = await connect({ name: 'history', verify: true });
    await until('an attempt is over', async () => {
      const { json } = await scene.ask(`GET /v1/connections/${String(id)}`);
      return (json.history as { outcome: string | null }[])[0]?.outcome === 'refreshed';
    });
    const options = { includeHistory: true };
    const named = await status({ ...CHOSEN, options: { ...options, connectionName: 'history' } });
    expect(named?.history).toEqual([expect.objectContaining({ outcome: 'refreshed' })]);
    expect(await status({ connectionBy: 'id', connectionId: id, options })).toEqual(named);
  });

  test('answers for a connection that was never made', async () => {
    expect(await status({ clientId: locator('globex'), service: locator('crm') })).toEqual({
      ...{ id: null, clientId: 'globex', service: 'crm', name: 'default' },
      ...{ status: 'never_connected', statusReason: null, expiresAt: null },
    });
  });

  test.each([
    [{ clientId: locator('acmee'), service: locator('crm') }],
    [{ clientId: locator('acme'), service: locator('cmr') }],
  ])('takes no slip of the pen for one: %j', async (parameters) => {
    await expect(status(parameters)).rejects.toThrow(/knows no (client "acmee"|service "cmr")\. Check/);
  });

  test('tells an ID that is none', async () => {
    await expect(status({ connectionBy: 'id', connectionId: '' })).rejects.toThrow('"Connection ID" is empty');
    await expect(status({ connectionBy: 'id', connectionId: '../clients' })).rejects.toThrow(
      'is not the ID of a connection',
    );
  });
});

describe('Get Many', () => {
  const names = async (parameters: IDataObject) =>
    json(await run('connection', 'getAll', parameters))
      .map(({ name }) => name)
      .sort();
  beforeAll(async () => {
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    await connect({ clientId: 'globex', name: 'many-1' });
    await connect({ clientId: 'globex', name: 'many-2', refreshToken: undefined, expiresAt: inDays(3) });
    await connect({ clientId: 'globex', name: 'many-3', consentEndsAt: inDays(5) });
  });
  const filters = (more: IDataObject) => ({ returnAll: true, filters: { clientId: locator('globex'), ...more } });

  test('filters by client, service, status and ends', async () => {
    expect(await names(filters({}))).toEqual(['many-1', 'many-2', 'many-3']);
    expect(await names(filters({ service: locator('crm'), status: 'active' }))).toHaveLength(3);
    expect(await names(filters({ status: 'disabled' }))).toEqual([]);
    expect(await names(filters({ expiresWithinDays: 4 }))).toEqual(['many-2']);
    expect(await names(filters({ consentEndsWithinDays: 6 }))).toEqual(['many-3']);
    expect(await names(filters({ consentEndsWithinDays: 4.5 }))).toEqual([]);
  });

  test('gives as many as asked for, paired with the item that asked', async () => {
    const items = [{}, {}];
    const some = await run('connection', 'getAll', { ...filters({}), returnAll: false, limit: 2 }, { items });
    expect(some.map(({ pairedItem }) => pairedItem)).toEqual([0, 0, 1, 1].map((item) => ({ item })));
  });

  test('gives all, over as many pages as it takes', async () => {
    await scene.database.query(
      `insert into clients (organization_id, client_id, name)
       select id, 'page-' || lpad(n::text, 4, '0'), 'Page ' || n from organizations, generate_series(1, 501) n where organizations.name = 'default'`,
    );
    const all = json(await run('client', 'getAll', { returnAll: true, filters: { search: 'PAGE' } }));
    expect(all).toHaveLength(501);
    expect(new Set(all.map(({ clientId }) => clientId)).size).toBe(501);
    expect(await run('client', 'getAll', { limit: 500 })).toHaveLength(500);
    await scene.database.query(`delete from clients where client_id like 'page-%'`);
  });

  test.each([
    ['connection', { clientId: locator('={{ $json.nothing }}') }, { clientId: locator('') }],
    ['connection', { service: '={{ $json.nothing }}' }, { service: undefined }],
    ['connection', { status: '={{ $json.nothing }}' }, { status: undefined }],
    ['connection', { expiresWithinDays: '={{ $json.nothing }}' }, { expiresWithinDays: undefined }],
    ['client', { search: '={{ $json.nothing }}' }, { search: '' }],
  ])('of %s lists nobody when the filter %j finds nothing', async (resource, written, found) => {
    const asked = run(resource, 'getAll', { filters: written }, { resolved: [{ filters: found as IDataObject }] });
    await expect(asked).rejects.toThrow(/is empty\. .*If it is an expression, it found nothing/);
  });
});

describe('Refresh Now', () => {
  test('refreshes, and tells what came of it', async () => {
    const { id } = await connect({ name: 'refresh' });
    const byName = { ...CHOSEN, options: { connectionName: 'refresh' } };
    for (const parameters of [byName, { connectionBy: 'id', connectionId: id }]) {
      const { generation } = (await scene.ask(`GET /v1/connections/${String(id)}`)).json;
      const [item] = json(await run('connection', 'refresh', parameters));
      // On a machine that has no time, it is answered before it is done.
      expect(['refreshed', 'pending']).toContain(item?.refreshOutcome);
      expect(item?.id).toBe(id);
      await until('it is refreshed', async () => {
        const now = await scene.ask(`GET /v1/connections/${String(id)}`);
        return Number(now.json.generation) > Number(generation);
      });
    }
  });

  test('says of a connection that was never made what to do', async () => {
    const parameters = { ...CHOSEN, options: { connectionName: 'nowhere' } };
    await expect(run('connection', 'refresh', parameters)).rejects.toThrow(
      /"acme" has not connected "crm" as "nowhere" yet.*Create Connect Link/,
    );
    await expect(run('connection', 'refresh', { ...parameters, clientId: locator('acmee') })).rejects.toThrow(
      'knows no client "acmee"',
    );
  });
});

test('Disable stops the release at once', async () => {
  await connect({ clientId: 'globex', name: 'off' });
  const parameters = { clientId: locator('globex'), service: locator('crm'), options: { connectionName: 'off' } };
  expect(json(await run('connection', 'disable', parameters))).toEqual([
    expect.objectContaining({ status: 'disabled' }),
  ]);
  await expect(run('credential', 'getCredentials', parameters)).rejects.toThrow(
    '(connection "off") is disabled in Otobot',
  );
});

describe('Create Connect Link', () => {
  test('gives a link that works, with what was asked for', async () => {
    const options = { connectionName: 'linked', reason: 'So that it works', scopes: 'read, write', expiresInDays: 0.5 };
    const [link] = json(await run('connection', 'createConnectLink', { ...CHOSEN, options }, { key: keys.preset }));
    expect(link).toMatchObject({ clientId: 'acme', name: 'linked', scopes: ['read', 'write'], status: 'open' });
    const hours = (Date.parse(String(link?.expiresAt)) - Date.parse(String(link?.createdAt))) / 3_600_000;
    expect(hours).toBeCloseTo(12, 2);
    const page = await fetch(scene.broker.url + new URL(String(link?.url)).pathname);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('So that it works');
  });

  test('leaves out what was left empty', async () => {
    const options = { reason: '', returnUrl: '', scopes: '', tenant: '' };
    const [link] = json(await run('connection', 'createConnectLink', { ...CHOSEN, options }));
    expect(link).toMatchObject({ reason: null, returnUrl: null, scopes: null, tenant: null });
  });
});

describe('Clients', () => {
  test('are created, and found again', async () => {
    const additionalFields = { email: 'anna@initech.example', locale: '' };
    const fields = { newClientId: 'initech', clientName: 'Initech Ltd', additionalFields };
    const [created] = json(await run('client', 'create', fields));
    expect(created).toMatchObject({
      clientId: 'initech',
      name: 'Initech Ltd',
      email: 'anna@initech.example',
      locale: null,
    });
    expect(json(await run('client', 'getAll', { filters: { search: 'ITECH L' } }))).toEqual([created]);
    await expect(run('client', 'create', fields)).rejects.toThrow('There is a client "initech" already');
  });
});

test.each([
  ['client', 'create', { newClientId: 'x', clientName: 'X' }, 'clients:write'],
  ['connection', 'refresh', { ...CHOSEN, options: { connectionName: 'status' } }, 'connections:write'],
  ['connection', 'disable', { ...CHOSEN, options: { connectionName: 'status' } }, 'connections:write'],
])(
  '%s %s says which scope the preset n8n lacks, and the command that gives it',
  async (resource, operation, fields, scope) => {
    await expect(run(resource, operation, fields, { key: keys.preset })).rejects.toThrow(
      `lacks the scope ${scope}. Put an access key that has it into the credential: otobot access-key create --preset n8n --scopes ${scope}`,
    );
  },
);

test('a client that must reconnect is called by name, with the link to send, and the other items go on', async () => {
  await scene.ask('POST /v1/clients', { body: { clientId: 'hooli', name: 'Hooli AG' } });
  await connect();
  const items = [{}, {}];
  const [failed, served] = await run(
    'credential',
    'getCredentials',
    { service: locator('crm'), clientId: locator('=x') },
    {
      items,
      resolved: [{ clientId: locator('hooli') }, { clientId: locator('acme') }],
      continueOnFail: true,
      key: keys.preset,
    },
  );
  expect(failed?.json.error).toMatch(
    /^Hooli AG must reconnect CRM: it was never connected\. To fix it, send them this link: http:\S+\/connect\/[\w-]{54}$/,
  );
  expect(served?.json).toMatchObject({ clientId: 'acme', status: 'active' });
});

test('the drop-downs page through a real broker, and find by part of a name', async () => {
  const context = {
    getCredentials: async () => credentialFields(scene.broker.url, { internalToken: keys.preset, clientId: undefined }),
    helpers: { httpRequest },
  } as unknown as ILoadOptionsFunctions;
  expect((await searchClients.call(context, 'lobe')).results).toEqual([{ name: 'Globex (globex)', value: 'globex' }]);
  expect((await searchServices.call(context, 'CRM')).results).toContainEqual({ name: 'CRM (crm)', value: 'crm' });
  const { results, paginationToken } = await searchServices.call(context);
  expect(results.length).toBeLessThanOrEqual(100);
  if (paginationToken !== undefined)
    expect((await searchServices.call(context, undefined, String(paginationToken))).results[0]?.value).not.toBe(
      results[0]?.value,
    );
});
