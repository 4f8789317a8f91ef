import { createPkce, startLoopbackProvider, Visitor, type LoopbackProvider } from './support';

const CALLBACK = 'http://localhost:3999/oauth/callback/demo';

let provider: LoopbackProvider;
beforeAll(async () => {
  provider = await startLoopbackProvider(['--redirect-uri', 'https://connect.otobot.test/oauth/callback/demo']);
});
afterAll(() => provider.stop());
beforeEach(() => provider.turn({ accessTokenSeconds: 60, times: 0 }));

const pkce = createPkce();

function authorization(changes: Record<string, string | null> = {}): string {
  const url = new URL(`${provider.url}/auth`);
  const parameters: Record<string, string | null> = {
    client_id: provider.clientId,
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'openid email offline_access',
    state: 'a-state',
    code_challenge: pkce.challenge,
    code_challenge_method: 'S256',
    ...changes,
  };
  for (const [name, value] of Object.entries(parameters)) if (value !== null) url.searchParams.set(name, value);
  return url.href;
}

/** Signs in and answers; gives the address that the browser is sent back to. */
async function signIn(visitor: Visitor, account: string, answer = 'allow'): Promise<URL> {
  return finish(visitor, await visitor.destination(authorization()), account, answer);
}

async function finish(visitor: Visitor, interaction: URL, account: string, answer = 'allow'): Promise<URL> {
  expect(await (await visitor.request(interaction.href)).text()).toContain('Choose who you are');
  const consent = await visitor.request(`${interaction.href}/consent?account=${account}`);
  expect(await consent.text()).toContain(`${account}@example.com`);
  const resume = await visitor.destination(`${interaction.href}/answer`, { account, answer });
  return visitor.destination(resume.href);
}

async function token(form: Record<string, string>, signal?: AbortSignal) {
  const response = await fetch(`${provider.url}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${provider.clientId}:${provider.clientSecret}`).toString('base64')}`,
    },
    body: new URLSearchParams(form),
    ...(signal ? { signal } : {}),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

const exchange = (back: URL) =>
  token({
    grant_type: 'authorization_code',
    code: back.searchParams.get('code') ?? '',
    redirect_uri: CALLBACK,
    code_verifier: pkce.verifier,
  });
const refresh = (refreshToken = '') => token({ grant_type: 'refresh_token', refresh_token: refreshToken });

const whoami = async (accessToken = '') => {
  const response = await fetch(`${provider.url}/api/me`, { headers: { authorization: `Bearer ${accessToken}` } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

test('a person signs in, allows, and the code becomes tokens that say who it was', async () => {
  const back = await signIn(new Visitor(), 'alice');
  expect(`${back.origin}${back.pathname}`).toBe(CALLBACK);
  expect(back.searchParams.get('state')).toBe('a-state');
  expect(back.searchParams.get('iss')).toBe(provider.url);
  const { status, body } = await exchange(back);
  expect(status).toBe(200);
  expect(body).toMatchObject({ expires_in: 60, scope: 'openid email offline_access' });
  const claims = JSON.parse(Buffer.from(body.id_token?.split('.')[1] ?? '', 'base64url').toString()) as object;
  expect(claims).toMatchObject({ sub: 'alice', email: 'alice@example.com' });
  expect(await whoami(body.access_token)).toMatchObject({ status: 200, body: { id: 'alice' } });
  const userinfo = await fetch(`${provider.url}/me`, {
    headers: { authorization: `Bearer ${body.access_token ?? ''}` },
  });
  expect(await userinfo.json()).toMatchObject({ sub: 'alice', email: 'alice@example.com' });
});

test('the same browser is asked again, and may be somebody else the next time', async () => {
  const visitor = new Visitor();
  await exchange(await signIn(visitor, 'alice'));
  const { body } = await exchange(await signIn(visitor, 'bob'));
  expect(await whoami(body.access_token)).toMatchObject({ body: { id: 'bob' } });
});

test('two tabs of one browser, each with another person, both come back with a code', async () => {
  const visitor = new Visitor();
  const first = await visitor.destination(authorization());
  const second = await visitor.destination(authorization());
  const asBob = await exchange(await finish(visitor, second, 'bob'));
  const asAlice = await exchange(await finish(visitor, first, 'alice'));
  expect(await whoami(asBob.body.access_token)).toMatchObject({ body: { id: 'bob' } });
  expect(await whoami(asAlice.body.access_token)).toMatchObject({ body: { id: 'alice' } });
});

test('a sign-in is of no use in another browser, nor a second time', async () => {
  const visitor = new Visitor();
  const interaction = await visitor.destination(authorization());
  expect((await new Visitor().request(interaction.href)).status).toBe(400);
  await finish(visitor, interaction, 'alice');
  const again = await visitor.request(`${interaction.href}/answer`, { account: 'alice', answer: 'allow' });
  expect(again.status).toBe(400);
});

test('a person who denies comes back without a code', async () => {
  const back = await signIn(new Visitor(), 'alice', 'deny');
  expect(back.searchParams.get('error')).toBe('access_denied');
  expect(back.searchParams.has('code')).toBe(false);
});

test.each([
  ['without PKCE', { code_challenge: null, code_challenge_method: null }],
  ['with a plain challenge', { code_challenge_method: 'plain' }],
])('an authorization %s is refused', async (_how, changes) => {
  const back = await new Visitor().destination(authorization(changes));
  expect(back.searchParams.get('error')).toBe('invalid_request');
});

test.each([
  'http://127.0.0.1:5000/oauth/callback/google',
  'http://[::1]:5000/oauth/callback/my_service',
  'https://connect.otobot.test/oauth/callback/demo',
  'http://127.0.0.1/callback',
])('%s may be come back to', async (uri) => {
  const to = await new Visitor().destination(authorization({ redirect_uri: uri }));
  expect(to.pathname).toMatch(/^\/interaction\//);
});

test.each([
  'http://evil.example/oauth/callback/demo',
  'https://localhost:5000/oauth/callback/demo',
  'http://localhost:5000/oauth/callback/demo/more',
  'http://localhost:5000/oauth/callback/demo?to=evil',
  'http://localhost@evil.example/oauth/callback/demo',
])('%s may not', async (uri) => {
  const response = await new Visitor().request(authorization({ redirect_uri: uri }));
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('invalid_redirect_uri');
});

test('refresh tokens are good for one use: a second one ends the grant', async () => {
  const { body } = await exchange(await signIn(new Visitor(), 'alice'));
  const renewed = await refresh(body.refresh_token);
  expect(renewed.body.refresh_token).not.toBe(body.refresh_token);
  expect(await refresh(body.refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  expect(await refresh(renewed.body.refresh_token)).toMatchObject({ status: 400 });
  expect((await whoami(renewed.body.access_token)).status).toBe(401);
  expect((await provider.state()).grants[0]).toMatchObject({ accountId: 'alice', status: 'ended by a token call' });
});

test('a consent revoked on the page is dead at once, and the page says so', async () => {
  const { body } = await exchange(await signIn(new Visitor(), 'bob'));
  await provider.revoke('bob');
  expect((await whoami(body.access_token)).status).toBe(401);
  expect(await refresh(body.refresh_token)).toMatchObject({ body: { error: 'invalid_grant' } });
  expect((await provider.state()).grants[0]).toMatchObject({ accountId: 'bob', status: 'revoked' });
});

test('the next N token calls fail as told, and the one after them does not', async () => {
  const { body } = await exchange(await signIn(new Visitor(), 'alice'));
  await provider.turn({ fail: '503', times: 2 });
  expect((await refresh(body.refresh_token)).status).toBe(503);
  expect((await refresh(body.refresh_token)).status).toBe(503);
  const renewed = await refresh(body.refresh_token);
  expect(renewed.status).toBe(200);
  await provider.turn({ fail: 'invalid_grant', times: 1 });
  expect(await refresh(renewed.body.refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  await provider.turn({ fail: 'hang', times: 1 });
  const hanging = token({ grant_type: 'refresh_token' }, AbortSignal.timeout(300));
  await expect(hanging).rejects.toThrow('aborted due to timeout');
  expect((await refresh(renewed.body.refresh_token)).status).toBe(200);
});

test('a lifetime that is turned holds for the next token', async () => {
  const { body } = await exchange(await signIn(new Visitor(), 'alice'));
  expect(await provider.turn({ accessTokenSeconds: 7 })).toBe(303);
  expect((await refresh(body.refresh_token)).body.expires_in).toBe(7);
  expect(await provider.turn({ accessTokenSeconds: 0 })).toBe(400);
  expect(await provider.turn({ fail: 'fire' })).toBe(400);
});

test('the journal tells what happened and nothing that opens anything', async () => {
  const back = await signIn(new Visitor(), 'alice');
  const { body } = await exchange(back);
  await refresh(body.refresh_token);
  const { tokenCalls } = await provider.state();
  expect(tokenCalls.slice(0, 2)).toMatchObject([
    { grantType: 'refresh_token', accountId: 'alice', status: 200 },
    { grantType: 'authorization_code', accountId: 'alice', status: 200 },
  ]);
  const shown = (await (await fetch(provider.url)).text()) + JSON.stringify(tokenCalls);
  const secrets = [body.access_token, body.refresh_token, back.searchParams.get('code'), provider.clientSecret];
  for (const secret of secrets) expect(shown).not.toContain(secret);
});

test('whatever name an account has, no markup comes out', async () => {
  await fetch(`${provider.url}/consent?account=${encodeURIComponent('<img src=x>"\'')}`, { method: 'POST' });
  const text = await (await fetch(provider.url)).text();
  expect(text).toContain('&#60;img src=x&#62;');
  expect(text).not.toContain('<img');
});

test.each([
  [{ authorization: 'Bearer demo-key-1' }, 200],
  [{ 'x-api-key': 'demo-key-1' }, 200],
  [{ authorization: `Basic ${Buffer.from('me:demo-key-1').toString('base64')}` }, 200],
  [{ authorization: 'Bearer another-key' }, 401],
  [{}, 401],
])('the API for a key answers %j with %i', async (headers, status) => {
  const response = await fetch(`${provider.url}/api/key-check`, { headers: { ...headers } });
  expect(response.status).toBe(status);
});
