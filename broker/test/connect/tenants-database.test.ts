import { until } from '../support/until';
import { outcomeOf } from './browser';
import { connectionsOf, wayBack } from './journey';
import { must, setScene, type Invited, type Scene } from './scene';
import { centre, connectShop, departTo, makeService, openShops, signedShop, startWorker, type Shops } from './shops';

let scene: Scene;
let shops: Shops;
beforeAll(async () => {
  [scene, shops] = await Promise.all([setScene(), openShops()]);
  await makeService(scene, 'shop', { ...signedShop(shops), rotation: 'none' });
});
afterAll(async () => {
  await Promise.all([scene.close(), shops.close()]);
});
beforeEach(() => {
  shops.two.reset();
  shops.three.reset();
});

const calls = (): number[] => [shops.two.calls.length, shops.three.calls.length];
const sql = (text: string, values: unknown[] = []) => scene.database.query(text, values);
const idOf = async ({ clientId }: Invited): Promise<string> => (await connectionsOf(scene, clientId))[0]?.id as string;
const read = ({ clientId }: Invited, service = 'shop') => scene.ask(`GET /v1/credentials/${clientId}/${service}`);

async function connected(): Promise<{ link: Invited; id: string }> {
  const link = await scene.invite({ service: 'shop' });
  await connectShop(scene, shops.two, link, '2');
  shops.two.reset();
  return { link, id: await idOf(link) };
}

/** Lets a worker have a go at a connection, and gives how its last attempt ended. */
async function refreshed(id: string): Promise<Record<string, unknown>> {
  await sql('delete from refresh_attempts');
  await sql('update connections set next_refresh_at = null');
  await sql('update connections set next_refresh_at = otobot_now() where id = $1', [id]);
  const worker = await startWorker(scene);
  try {
    let last: unknown;
    await until('an attempt has ended', async () => {
      const { rows } = await sql(
        `select outcome, error_code from refresh_attempts where connection_id = $1 and finished_at is not null
          order by started_at desc limit 1`,
        [id],
      );
      last = rows[0];
      return last !== undefined;
    });
    return last as Record<string, unknown>;
  } finally {
    await worker.stop();
  }
}

test('each connection is renewed at its own host', async () => {
  const { link, id } = await connected();
  const { accessToken } = (await read(link)).json;
  expect(await refreshed(id)).toMatchObject({ outcome: 'refreshed' });
  expect(calls()).toEqual([1, 0]);
  const renewed = (await read(link)).json;
  expect(renewed).toMatchObject({ generation: 2, baseUrl: 'https://2.shop.example/api' });
  expect(renewed.accessToken).not.toBe(accessToken);
});

test('the account is looked up, and a consent given back, at the tenant alone', async () => {
  const at = `http://127.0.0.{tenant}:${shops.port}`;
  await makeService(scene, 'giving', {
    ...{ ...signedShop(shops), revocationUrl: `${at}${new URL(shops.two.revocationUrl).pathname}` },
    ...{ accountFrom: 'url', accountUrl: `${at}/api/me`, accountIdPath: 'consent' },
  });
  const link = await scene.invite({ service: 'giving', tenant: '3' });
  expect(outcomeOf(await connectShop(scene, shops.three, link))).toBe('connected');
  const { accessToken, account } = (await read(link, 'giving')).json;
  expect(account).toMatchObject({ id: expect.stringContaining('consent') as string });
  const id = await idOf(link);
  expect(await scene.ask(`DELETE /v1/connections/${id}`)).toMatchObject({ json: { revocation: 'queued' } });
  const worker = await startWorker(scene);
  try {
    await until('the consent is given back', () => Promise.resolve(!shops.three.accepts(String(accessToken))));
  } finally {
    await worker.stop();
  }
  expect([shops.two.revocations.length, shops.three.revocations.length]).toEqual([0, 1]);
});

describe('whoever writes to the database', () => {
  test('and moves a connection to another tenant, gets nothing served and nothing sent', async () => {
    const { link, id } = await connected();
    expect((await read(link)).status).toBe(200);
    await sql(`update connections set tenant = '3' where id = $1`, [id]);
    expect(await read(link)).toMatchObject({ status: 500, json: { code: 'integrity' } });
    expect(await refreshed(id)).toMatchObject({ outcome: 'unsent', error_code: 'integrity' });
    await sql(`update connections set tenant = null where id = $1`, [id]);
    expect(await read(link)).toMatchObject({ status: 500, json: { code: 'integrity' } });
    expect(calls()).toEqual([0, 0]);
    await sql(`update connections set tenant = '2' where id = $1`, [id]);
    expect((await read(link)).status).toBe(200);
  });

  test.each(['evil.com/', 'x@evil.com', 'a b', '2:80', '%2f', '..', ''])(
    'cannot write %j as a tenant',
    async (tenant) => {
      const { id } = await connected();
      await expect(sql('update connections set tenant = $2 where id = $1', [id, tenant])).rejects.toThrow(
        'otobot_tenant',
      );
    },
  );

  test.each([
    ['the token URL', `oauth_token_url = replace(oauth_token_url, '127.0.0.{tenant}', '{tenant}.0.0.1')`],
    ['what a tenant may be', `tenant_hosts = '{2}'`],
    ['away that there are tenants', `tenant_from = null, tenant_param = null`],
  ])('and rewrites %s, gets no client secret and no token', async (_what, change) => {
    const { link, id } = await connected();
    const flow = await scene.invite({ service: 'shop' });
    const browser = scene.browser();
    const departure = await departTo(browser, flow, '2');
    const { rows } = await sql(`select * from services where name = 'shop'`);
    const before = rows[0] as Record<string, unknown>;
    await sql(`update services set ${change} where name = 'shop'`);
    try {
      const { outcome } = await refreshed(id);
      const seen = await browser.go(wayBack({ provider: shops.two }, departure, { shop: '127.0.0.2' }));
      expect([outcome, outcomeOf(seen) === 'connected', calls()]).toEqual(['unsent', false, [0, 0]]);
    } finally {
      await sql(
        `update services set oauth_token_url = $1, tenant_hosts = null, tenant_from = $2, tenant_param = $3 where name = 'shop'`,
        [before.oauth_token_url, before.tenant_from, before.tenant_param],
      );
    }
    expect((await read(link)).status).toBe(200);
  });

  test('and moves an attempt to another tenant, has no code redeemed', async () => {
    const link = await scene.invite({ service: 'shop' });
    const browser = scene.browser();
    const departure = await departTo(browser, link, '2');
    await sql(`update flows set tenant = '3' where link_id = $1`, [link.id]);
    await sql(`update services set tenant_param = null, redirect_hmac_param = null where name = 'shop'`);
    try {
      const seen = await browser.go(wayBack({ provider: shops.three }, departure));
      expect([outcomeOf(seen), calls()]).toEqual(['not_configured', [0, 0]]);
    } finally {
      await sql(`update services set tenant_param = 'shop', redirect_hmac_param = 'hmac' where name = 'shop'`);
    }
  });

  test('and adds a host to the list, has no code redeemed there', async () => {
    await makeService(scene, 'centre', { ...centre(shops), tenantHosts: ['127.0.0.2'] });
    await sql(`update services set tenant_hosts = '{127.0.0.2,127.0.0.3}' where name = 'centre'`);
    const link = await scene.invite({ service: 'centre' });
    const browser = scene.browser();
    const named = { 'accounts-server': 'https://127.0.0.3' };
    const seen = await browser.go(wayBack({ provider: shops.three }, await departTo(browser, link), named));
    expect([outcomeOf(seen), calls()]).toEqual(['not_configured', [0, 0]]);
  });
});

test('a host is added to the list, or taken from it, by moving the service with all its secrets', async () => {
  const hosts = (...tenantHosts: string[]) =>
    must(
      scene.ask('POST /v1/services/moving/move', {
        body: { tokenUrl: `http://{tenant}:${shops.port}/token`, tenantHosts },
      }),
    );
  await makeService(scene, 'moving', { ...centre(shops), tenantHosts: ['127.0.0.2'], rotation: 'none' });
  const go = async (shop: Shops['two']): Promise<Invited> => {
    const link = await scene.invite({ service: 'moving' });
    const browser = scene.browser();
    const named = { 'accounts-server': `https://${new URL(shop.url).hostname}` };
    expect(outcomeOf(await browser.go(wayBack({ provider: shop }, await departTo(browser, link), named)))).toBe(
      'connected',
    );
    return link;
  };
  const first = await idOf(await go(shops.two));
  expect((await scene.ask('PATCH /v1/services/moving', { body: { tenantHosts: ['127.0.0.3'] } })).status).toBe(409);

  expect(await hosts('127.0.0.2', '127.0.0.3')).toMatchObject({ resealed: 1, unopened: 0, nextCursor: null });
  const second = await idOf(await go(shops.three));
  expect(await refreshed(first)).toMatchObject({ outcome: 'refreshed' });

  // The current and the previous token of the first.
  expect(await hosts('127.0.0.3')).toMatchObject({ unopened: 2, nextCursor: null });
  expect(await refreshed(second)).toMatchObject({ outcome: 'refreshed' });
  shops.two.reset();
  expect(await refreshed(first)).toMatchObject({ outcome: 'unsent', error_code: 'service_unusable' });
  expect(shops.two.calls).toEqual([]);
});

describe('an import', () => {
  const body = { service: 'shop', accessToken: 'a', refreshToken: 'r' };

  test('names the tenant, keeps the one it had, and may name another', async () => {
    const { clientId } = await scene.invite();
    const all = { ...body, clientId };
    expect((await scene.ask('POST /v1/connections', { body: all })).json.detail).toMatch(
      /^tenant: must be the customer's part of the URLs of service "shop", such as 2/,
    );
    const first = await must(scene.ask('POST /v1/connections', { body: { ...all, tenant: '127.0.0.3' } }));
    expect(first.tenant).toBe('3');
    expect((await must(scene.ask('POST /v1/connections', { body: all }))).tenant).toBe('3');
    expect((await must(scene.ask('POST /v1/connections', { body: { ...all, tenant: '2' } }))).tenant).toBe('2');
    const { json } = await scene.ask(`GET /v1/credentials/${clientId}/shop`);
    expect(json).toMatchObject({ baseUrl: 'https://2.shop.example/api', generation: 3 });
  });

  test.each(['evil.com/', 'x@evil.com', '..', '%2f', '-a', 'a.b'])(
    'is refused with %j, and nothing is stored',
    async (tenant) => {
      const { clientId } = await scene.invite();
      const refused = await scene.ask('POST /v1/connections', { body: { ...body, clientId, tenant } });
      expect([refused.status, await connectionsOf(scene, clientId)]).toEqual([422, []]);
    },
  );

  test('names none where there are none', async () => {
    const { clientId } = await scene.invite();
    const refused = await scene.ask('POST /v1/connections', {
      body: { ...body, clientId, service: 'crm', tenant: 'a' },
    });
    expect(refused).toMatchObject({ status: 422, json: { detail: expect.stringContaining('Leave it out') as string } });
  });
});

test('an API key is checked at the host that was typed with it, and another host is another account', async () => {
  const { port } = new URL(scene.desk.checkUrl);
  await must(
    scene.ask('POST /v1/services', {
      body: {
        ...{ name: 'desk', displayName: 'CRM', oauthType: 'api_key', tenantFrom: 'link', tenantExample: '1' },
        ...{ verifyUrl: `http://127.0.0.{tenant}:${port}/check`, baseUrl: 'https://{tenant}.desk.example' },
      },
    }),
  );
  const link = await scene.invite({ service: 'desk' });
  const page = await scene.browser().submit(link.path, { apiKey: 'k', tenant: 'evil.com/' });
  expect([page.status, page.html.includes('That cannot be an address'), scene.desk.calls]).toEqual([422, true, []]);
  // Nobody listens at 127.0.0.9.
  const elsewhere = await scene.browser().submit(link.path, { apiKey: 'k', tenant: '9' });
  expect([elsewhere.status, elsewhere.html.includes('value="9"'), scene.desk.calls]).toEqual([503, true, []]);
  expect(outcomeOf(await scene.browser().submit(link.path, { apiKey: 'k', tenant: '1' }))).toBe('connected');
  expect(scene.desk.calls).toHaveLength(1);
  expect((await read(link, 'desk')).json).toMatchObject({ apiKey: 'k', baseUrl: 'https://1.desk.example' });

  await must(scene.ask('PATCH /v1/services/desk', { body: { verifyUrl: null } }));
  const again = await scene.ask('POST /v1/connect-links', { body: { clientId: link.clientId, service: 'desk' } });
  const { pathname } = new URL(String(again.json.url));
  expect(outcomeOf(await scene.browser().submit(pathname, { apiKey: 'other', tenant: '2' }))).toBe('held');
  expect((await read(link, 'desk')).json).toMatchObject({ apiKey: 'k' });
});

test('a base URL out of an answer is served only where the credential may go', async () => {
  await makeService(scene, 'force', {
    ...{ authorizationUrl: `${scene.provider.url}/authorize`, tokenUrl: scene.provider.tokenUrl },
    ...{ baseUrl: 'https://fallback.force.example', allowedHosts: ['force.example'] },
  });
  const served = async (instance_url: unknown): Promise<unknown> => {
    scene.provider.behave({ extra: { instance_url } });
    const link = await scene.invite({ service: 'force' });
    const browser = scene.browser();
    await browser.go(wayBack(scene, await departTo(browser, link)));
    return (await read(link, 'force')).json.baseUrl;
  };
  expect(await served('https://na1.force.example')).toBe('https://na1.force.example');
  for (const hostile of [
    ...['https://evil.example', 'https://force.example.evil.example', 'https://evilforce.example'],
    ...['http://na1.force.example', 'https://u:p@na1.force.example', 'https://force.example@evil.example'],
    ...['javascript:alert(1)', '//evil.example', 7, null],
  ])
    expect(await served(hostile)).toBe('https://fallback.force.example');
  scene.provider.reset();
});
