import { until } from '../support/until';
import { headingOf, outcomeOf } from './browser';
import { connectionsOf, statusOf, wayBack } from './journey';
import { linkFor, setScene, type Invited, type Scene } from './scene';
import { centre, connectShop, departTo, makeService, openShops, signedShop, signedWayBack, type Shops } from './shops';
import { eventsOf } from './signing-in';

let scene: Scene;
let shops: Shops;
beforeAll(async () => {
  [scene, shops] = await Promise.all([setScene(), openShops()]);
  await makeService(scene, 'shop', signedShop(shops));
  await makeService(scene, 'centre', centre(shops));
});
afterAll(async () => {
  await Promise.all([scene.close(), shops.close()]);
});
beforeEach(() => {
  shops.two.reset();
  shops.three.reset();
});

const credential = async ({ clientId }: Invited, service: string) =>
  (await scene.ask(`GET /v1/credentials/${clientId}/${service}`)).json;
const calls = (): number[] => [shops.two.calls.length, shops.three.calls.length];
const codeInAudit = async (code: string): Promise<number> => {
  const { rowCount } = await scene.database.query(`select from audit where action = 'connect.callback' and code = $1`, [
    code,
  ]);
  return rowCount ?? 0;
};

describe('a tenant that the client names', () => {
  test('is asked for on the page, and everything goes to its own host', async () => {
    const [one, other] = [await scene.invite({ service: 'shop' }), await scene.invite({ service: 'shop' })];
    const page = await scene.browser().go(one.path);
    expect(page.html).toMatch(/<label for="tenant">Your address at CRM<\/label>/);
    expect(outcomeOf(await connectShop(scene, shops.two, one, '2'))).toBe('connected');
    expect(outcomeOf(await connectShop(scene, shops.three, other, ' https://127.0.0.3/admin?from=bar#top '))).toBe(
      'connected',
    );
    expect(calls()).toEqual([1, 1]);
    expect([await credential(one, 'shop'), await credential(other, 'shop')]).toMatchObject([
      { baseUrl: 'https://2.shop.example/api', allowedHosts: ['2.shop.example'] },
      { baseUrl: 'https://3.shop.example/api', allowedHosts: ['3.shop.example'] },
    ]);
    expect(await connectionsOf(scene, other.clientId)).toMatchObject([{ service: 'shop', tenant: '3' }]);
    expect(shops.three.accepts(String((await credential(other, 'shop')).accessToken))).toBe(true);
    expect(shops.two.accepts(String((await credential(other, 'shop')).accessToken))).toBe(false);
  });

  test('is not asked for where the link tells it', async () => {
    const link = await scene.invite({ service: 'shop', tenant: '127.0.0.3' });
    expect((await scene.browser().go(link.path)).html).not.toContain('name="tenant"');
    // Whatever a form that somebody made up says.
    expect(outcomeOf(await connectShop(scene, shops.three, link, '2'))).toBe('connected');
    expect(calls()).toEqual([0, 1]);
  });

  test.each([
    '',
    '  ',
    'evil.com/',
    'x@evil.com',
    '..',
    '%2f',
    '2:80',
    '2#',
    '-2',
    '127.0.0.2.evil.com',
    '"><b>',
    'https://evil.com/127.0.0.2',
    'https://x@127.0.0.2/a',
  ])('goes nowhere when it is %j: the page says what to do, with what was typed still there', async (tenant) => {
    const link = await scene.invite({ service: 'shop' });
    const seen = await scene.browser().submit(link.path, { tenant });
    expect([seen.status, seen.leadsTo]).toEqual([422, null]);
    expect(seen.html).toMatch(/id="tenant"[^>]*aria-describedby="tenant-error[^>]*aria-invalid="true"/);
    expect(seen.html).toContain(tenant.trim() === '' ? 'Please say which' : 'That cannot be an address at CRM');
    expect(seen.html).not.toContain('"><b>');
    const { rowCount } = await scene.database.query('select from flows where link_id = $1', [link.id]);
    expect([rowCount, await statusOf(scene, link)]).toEqual([0, 'open']);
    const actor = `connect-link:${link.id}`;
    const code = tenant.trim() === '' ? 'tenant_missing' : 'tenant_unknown';
    await until('it is in the audit', async () => {
      const audited = await scene.database.query('select from audit where actor = $1 and code = $2', [actor, code]);
      return audited.rowCount === 1;
    });
  });

  test.each(['evil.com/', 'x@evil.com', '..', '%2f', 'é'])('is refused in a link when it is %j', async (tenant) => {
    const { clientId } = await scene.invite();
    expect(await scene.ask('POST /v1/connect-links', { body: { clientId, service: 'shop', tenant } })).toMatchObject({
      status: 422,
      json: { detail: expect.stringMatching(/^tenant: must be the customer's/) as string },
    });
    expect(
      await scene.ask('POST /v1/connect-links', { body: { clientId, service: 'crm', tenant: '2' } }),
    ).toMatchObject({
      status: 422,
      json: { detail: expect.stringContaining('Leave it out') as string },
    });
  });

  test('has to be the one of the redirect too, which the provider has signed', async () => {
    const before = await codeInAudit('answer_refused');
    const wrong: ((departure: Awaited<ReturnType<typeof departTo>>) => string)[] = [
      (departure) => signedWayBack(shops.two, departure, { given: { shop: '127.0.0.3' } }),
      (departure) => signedWayBack(shops.two, departure, { given: { shop: 'evil.com/' } }),
      (departure) => signedWayBack(shops.two, departure, { given: { shop: null } }),
      (departure) => `${signedWayBack(shops.two, departure)}&shop=127.0.0.2`,
      (departure) => signedWayBack(shops.two, departure, { after: { hmac: '' } }),
      (departure) => signedWayBack(shops.two, departure, { after: { hmac: 'a'.repeat(64) } }),
      (departure) => signedWayBack(shops.two, departure, { after: { timestamp: '1' } }),
      (departure) => `${signedWayBack(shops.two, departure)}&more=1`,
      (departure) => signedWayBack(shops.two, departure).replace(/hmac=[^&]*/, ''),
    ];
    for (const back of wrong) {
      const link = await scene.invite({ service: 'shop' });
      const browser = scene.browser();
      const seen = await browser.go(back(await departTo(browser, link, '2')));
      expect([seen.status, outcomeOf(seen), await statusOf(scene, link)]).toEqual([400, 'answer_refused', 'open']);
    }
    expect(calls()).toEqual([0, 0]);
    expect((await codeInAudit('answer_refused')) - before).toBe(wrong.length);
  });

  test('is another account when it is another one than before, and takes over when an operator accepts it', async () => {
    const link = await scene.invite({ service: 'shop' });
    await connectShop(scene, shops.two, link, '2');
    const { accessToken } = await credential(link, 'shop');
    const again = await linkFor(scene.ask, { clientId: link.clientId, service: 'shop' });
    expect((await scene.browser().go(again.path)).html).toMatch(/id="tenant"[^>]*value="2"/);
    const seen = await connectShop(scene, shops.three, again, '3');
    expect([outcomeOf(seen), headingOf(seen)]).toEqual(['held', 'This is another account than before']);
    expect(await credential(link, 'shop')).toMatchObject({ accessToken, baseUrl: 'https://2.shop.example/api' });
    const { id } = (await connectionsOf(scene, link.clientId))[0] as { id: string };
    expect(await connectionsOf(scene, link.clientId)).toMatchObject([{ tenant: '2', heldAccount: '3' }]);
    expect((await eventsOf(scene, id)).at(-1)).toMatchObject({ data: { expected: '2', connected: '3' } });
    expect(await scene.ask(`POST /v1/connections/${id}/held/accept`)).toMatchObject({ json: { tenant: '3' } });
    expect(await credential(link, 'shop')).toMatchObject({ baseUrl: 'https://3.shop.example/api' });
    expect(shops.three.accepts(String((await credential(link, 'shop')).accessToken))).toBe(true);
  });

  test('is renewed in place by the link that a 409 carries', async () => {
    const link = await scene.invite({ service: 'shop' });
    await connectShop(scene, shops.three, link, '3');
    await scene.database.query(`update connections set status = 'reauth_required' where client_id = $1`, [
      link.clientId,
    ]);
    await scene.database.query(
      `update token_sets set expires_at = otobot_now() from connections c
      where c.id = connection_id and c.client_id = $1`,
      [link.clientId],
    );
    const { connectUrl } = await credential(link, 'shop');
    const path = new URL(String(connectUrl)).pathname;
    expect((await scene.browser().go(path)).html).not.toContain('name="tenant"');
    const browser = scene.browser();
    expect(outcomeOf(await browser.go(signedWayBack(shops.three, await departTo(browser, { path }))))).toBe(
      'connected',
    );
  });
});

describe('a host that the redirect names', () => {
  const back = (departure: Awaited<ReturnType<typeof departTo>>, shop: Shops['two'], server: string | null) =>
    wayBack({ provider: shop }, departure, { 'accounts-server': server, location: 'eu' });

  test('is where the code is redeemed, if it is one of the list', async () => {
    const link = await scene.invite({ service: 'centre' });
    const browser = scene.browser();
    const seen = await browser.go(back(await departTo(browser, link), shops.three, 'https://127.0.0.3'));
    expect([outcomeOf(seen), calls()]).toEqual(['connected', [0, 1]]);
    expect(await connectionsOf(scene, link.clientId)).toMatchObject([{ tenant: '127.0.0.3' }]);
  });

  test.each([
    null,
    '',
    'https://127.0.0.4',
    'http://127.0.0.3',
    'https://127.0.0.3@evil.com',
    'https://127.0.0.3/../x',
    'https://127.0.0.3:8443',
    'https://127.0.0.3.evil.com',
    '127.0.0.3%2f',
  ])('is asked nothing when it is %j', async (server) => {
    const link = await scene.invite({ service: 'centre' });
    const browser = scene.browser();
    const seen = await browser.go(back(await departTo(browser, link), shops.three, server));
    expect([seen.status, outcomeOf(seen), calls()]).toEqual([400, 'answer_refused', [0, 0]]);
    expect([await statusOf(scene, link), await connectionsOf(scene, link.clientId)]).toEqual(['open', []]);
  });

  test('is told by nobody but the provider', async () => {
    const { clientId } = await scene.invite();
    const body = { clientId, service: 'centre', tenant: '127.0.0.2' };
    expect((await scene.ask('POST /v1/connect-links', { body })).status).toBe(422);
  });
});

test('where the token answer names it, it is part of the base URL', async () => {
  await makeService(scene, 'answering', {
    ...{ authorizationUrl: `${scene.provider.url}/authorize`, tokenUrl: scene.provider.tokenUrl },
    ...{ tenantFrom: 'answer', tenantParam: 'site.id', baseUrl: 'https://api.site.example/{tenant}/v2' },
  });
  const go = async (site: unknown): Promise<[Invited, unknown]> => {
    scene.provider.behave({ extra: { site } });
    const link = await scene.invite({ service: 'answering' });
    const browser = scene.browser();
    return [link, outcomeOf(await browser.go(wayBack(scene, await departTo(browser, link))))];
  };
  const [link, outcome] = await go({ id: 4711 });
  expect([outcome, (await credential(link, 'answering')).baseUrl]).toEqual([
    'connected',
    'https://api.site.example/4711/v2',
  ]);
  for (const site of [{ id: '../x' }, { id: 'a/b' }, {}, null, 'x']) expect((await go(site))[1]).toBe('answer_refused');
  scene.provider.reset();
});

test('where a look-up names it, it is part of the base URL, and without it nothing is stored', async () => {
  await makeService(scene, 'mail', {
    authorizationUrl: `${scene.provider.url}/authorize`,
    tokenUrl: scene.provider.tokenUrl,
    ...{ accountFrom: 'url', accountUrl: scene.desk.accountUrl, accountIdPath: 'user_id', tenantFrom: 'lookup' },
    ...{ tenantParam: 'dc', baseUrl: 'https://{tenant}.api.mail.example', allowedHosts: ['{tenant}.api.mail.example'] },
  });
  const go = async (body: unknown): Promise<[Invited, unknown]> => {
    scene.desk.answer({ status: 200, body });
    const link = await scene.invite({ service: 'mail' });
    const browser = scene.browser();
    return [link, outcomeOf(await browser.go(wayBack(scene, await departTo(browser, link))))];
  };
  const [link, outcome] = await go({ dc: 'us19', user_id: 7 });
  expect(outcome).toBe('connected');
  expect(await credential(link, 'mail')).toMatchObject({
    baseUrl: 'https://us19.api.mail.example',
    allowedHosts: ['us19.api.mail.example'],
    account: { id: '7' },
  });
  for (const dc of ['evil.com/', 'x@evil.com', '', null, ['us1'], 'us1.evil']) {
    const [refused, how] = await go({ dc, user_id: 7 });
    expect([how, await connectionsOf(scene, refused.clientId)]).toEqual(['answer_refused', []]);
  }
});
