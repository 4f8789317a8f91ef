import { createHash } from 'node:crypto';
import type { Mode } from '../../provider/scripted/provider.cjs';
import {
  advance,
  APP,
  ask,
  CLIENT_IN_BODY,
  consent,
  DAY,
  get,
  hear,
  lastEntry,
  MINUTE,
  REFUSED,
  refresh,
  tell,
  type Heard,
  url,
  useProvider,
} from './scripted';

// The provider that other tests trust: how it wants to be asked, and how it answers.
useProvider();

describe('answers', () => {
  test('form-encoded', async () => {
    const { refreshToken } = await consent('form-encoded');
    expect(await refresh(refreshToken)).toMatchObject({
      ...{ status: 200, type: 'application/x-www-form-urlencoded' },
      body: { token_type: 'bearer', expires_in: '3600' },
    });
  });

  test.each([
    ['invalid-grant-as-403', 403],
    ['error-with-200', 200],
  ] as const)('%s', async (mode, status) => {
    const { consent: id, refreshToken } = await consent();
    await tell('behave', { consent: id, mode });
    await refresh(refreshToken);
    expect(await refresh(refreshToken)).toMatchObject({ status, body: { error: 'invalid_grant' } });
  });

  test('the tenant’s URL in the answer, or in the redirect', async () => {
    const { refreshToken } = await consent('tenant-url-in-answer');
    expect((await refresh(refreshToken)).body.instance_url).toBe(url);
    await tell('behave', { mode: 'tenant-url-in-redirect' });
    const parameters = { redirect_uri: 'http://localhost/oauth/callback/x', state: 's', client_id: APP.id };
    const response = await fetch(`${url}/authorize?${new URLSearchParams(parameters).toString()}`, {
      redirect: 'manual',
    });
    const back = new URL(response.headers.get('location') ?? '');
    expect(back.searchParams.get('accounts-server')).toBe(url);
    const code = back.searchParams.get('code') ?? '';
    expect(await ask({ ...CLIENT_IN_BODY, grant_type: 'authorization_code', code })).toMatchObject({ status: 200 });
  });

  test.each([
    ['ten-per-10-min', null],
    ['ten-per-10-min-retry-after-seconds', /^\d{1,3}$/],
    ['ten-per-10-min-retry-after-date', /^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/],
    ['ten-per-10-min-retry-after-absurd', /^\d{11}$/],
    ['ten-per-10-min-retry-after-garbage', /^soon$/],
  ] as const)('%s: the eleventh call within ten minutes is too many', async (mode, retryAfter) => {
    const { refreshToken } = await consent([mode, 'no-rotation']);
    for (let n = 0; n < 10; n += 1) expect((await refresh(refreshToken)).status).toBe(200);
    const eleventh = await refresh(refreshToken);
    expect(eleventh.status).toBe(429);
    if (retryAfter === null) expect(eleventh.retryAfter).toBeNull();
    else expect(eleventh.retryAfter).toMatch(retryAfter);
    await advance(10 * MINUTE);
    expect((await refresh(refreshToken)).status).toBe(200);
  });
});

describe('requests', () => {
  test.each<[string, Mode, () => Promise<Heard>, () => Promise<Heard>]>([
    [
      'a URL of its own for refreshes',
      'separate-refresh-url',
      async () => refresh((await consent()).refreshToken, { at: '/renew' }),
      async () => refresh((await consent()).refreshToken),
    ],
    [
      'JSON',
      'json-body',
      async () => refresh((await consent()).refreshToken, { json: true }),
      async () => refresh((await consent()).refreshToken),
    ],
    [
      'a form',
      'form-body',
      async () => refresh((await consent()).refreshToken),
      async () => refresh((await consent()).refreshToken, { json: true }),
    ],
    [
      'client_key',
      'client-key',
      async () => ask(await refreshWith({ client_key: APP.id, client_secret: APP.secret })),
      async () => ask(await refreshWith(CLIENT_IN_BODY)),
    ],
    [
      'type=refresh',
      'type-refresh',
      async () => ask({ ...(await refreshWith(CLIENT_IN_BODY)), type: 'refresh', grant_type: '' }),
      async () => ask(await refreshWith(CLIENT_IN_BODY)),
    ],
    [
      'the client in the body',
      'client-in-body',
      async () => refresh((await consent()).refreshToken),
      async () => basic(await refreshWith({})),
    ],
    [
      'the client in the header',
      'client-in-header',
      async () => basic(await refreshWith({})),
      async () => refresh((await consent()).refreshToken),
    ],
  ])('%s, and nothing else', async (_what, mode, right, wrong) => {
    await tell('behave', { mode });
    expect((await right()).status).toBe(200);
    expect((await wrong()).status).toBeGreaterThanOrEqual(400);
  });

  const refreshWith = async (client: Record<string, string>): Promise<Record<string, string>> => ({
    ...{ grant_type: 'refresh_token', refresh_token: (await consent()).refreshToken, ...client },
  });
  const basic = async (parameters: Record<string, string>): Promise<Heard> => {
    const authorization = `Basic ${Buffer.from(`${APP.id}:${APP.secret}`).toString('base64')}`;
    const body = new URLSearchParams(parameters);
    return hear(await fetch(`${url}/token`, { method: 'POST', headers: { authorization }, body }));
  };

  test('another app, a wrong secret, somebody else’s refresh token', async () => {
    await tell('app', { clientId: 'b', clientSecrets: ['b-secret'] });
    const { refreshToken } = await consent();
    const as = (client_id: string, client_secret: string) =>
      ask({ grant_type: 'refresh_token', refresh_token: refreshToken, client_id, client_secret });
    expect(await as('nobody', 'b-secret')).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(await as('b', 'wrong')).toMatchObject({ status: 401 });
    expect(await as('b', 'b-secret')).toMatchObject(REFUSED);
    expect(await as(APP.id, APP.secret)).toMatchObject({ status: 200 });
  });

  test('PKCE: a code is worth nothing without its verifier, and only once', async () => {
    const challenge = createHash('sha256').update('a-verifier').digest('base64url');
    const exchange = async (code: string, verifier: object) =>
      (await ask({ ...CLIENT_IN_BODY, grant_type: 'authorization_code', code, ...verifier })).status;
    const code = await tell<string>('code', { challenge });
    expect(await exchange(await tell<string>('code', { challenge }), {})).toBe(400);
    expect(await exchange(code, { code_verifier: 'a-verifier' })).toBe(200);
    expect(await exchange(code, { code_verifier: 'a-verifier' })).toBe(400);
  });
});

describe('Meta', () => {
  const META_REFUSED = { status: 400, body: { error: { type: 'OAuthException' } } };

  test('Facebook exchanges a living token for one of sixty days, and no dead one', async () => {
    const { accessToken } = await consent({ expiresIn: 3600 });
    const exchange = (token: string) =>
      get('/oauth/access_token', { ...CLIENT_IN_BODY, grant_type: 'fb_exchange_token', fb_exchange_token: token });
    const { body } = await exchange(accessToken);
    expect(body).toMatchObject({ expires_in: 5_183_944 });
    await advance(59 * DAY);
    expect(await exchange(String(body.access_token))).toMatchObject({ status: 200 });
    expect(await exchange(accessToken)).toMatchObject(META_REFUSED);
    expect(await lastEntry()).toMatchObject({ method: 'GET', path: '/oauth/access_token', grant: 'fb_exchange_token' });
  });

  test.each(['ig', 'th'])(
    '%s: a long-lived token is renewed when it is 24 h old and alive, not before or after',
    async (kind) => {
      const { accessToken } = await consent({ expiresIn: 3600 });
      const long = await get('/access_token', {
        ...{ grant_type: `${kind}_exchange_token`, client_secret: APP.secret, access_token: accessToken },
      });
      const renew = (token: unknown) =>
        get('/refresh_access_token', { grant_type: `${kind}_refresh_token`, access_token: String(token) });
      expect(await renew(long.body.access_token)).toMatchObject(META_REFUSED);
      await advance(DAY);
      const renewed = await renew(long.body.access_token);
      expect(renewed).toMatchObject({ status: 200, body: { expires_in: 5_183_944 } });
      await advance(60 * DAY);
      expect(await renew(renewed.body.access_token)).toMatchObject(META_REFUSED);
    },
  );
});
