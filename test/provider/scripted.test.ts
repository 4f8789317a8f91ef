import { fork, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import type { Entry, Fault, Issued, Mode } from '../../provider/scripted/provider.cjs';

// The provider that other tests trust, as a program that another process tells what to do: each mode does what it says.
const PROGRAM = path.resolve(__dirname, '..', '..', 'provider', 'scripted.cjs');
const APP = { id: 'app', secret: 'a-secret' };
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let child: ChildProcess;
let url: string;
beforeAll(async () => {
  const options = ['--port', '0', '--client-id', APP.id, '--client-secret', APP.secret];
  child = fork(PROGRAM, options, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  [{ url }] = (await once(child, 'message')) as [{ url: string }];
});
afterAll(async () => {
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
});
afterEach(() => tell('reset'));

async function tell<T = unknown>(command: string, argument: unknown = {}): Promise<T> {
  const response = await fetch(`${url}/control/${command}`, { method: 'POST', body: JSON.stringify(argument) });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}
const consent = (mode: Mode = [], more = {}): Promise<Issued> => tell<Issued>('issue', { mode, ...more });
const advance = (advanceMs: number): Promise<unknown> => tell('clock', { advanceMs });
const lastEntry = async (): Promise<Entry | undefined> => (await tell<Entry[]>('journal')).at(-1);

interface Heard {
  status: number;
  type: string | null;
  retryAfter: string | null;
  text: string;
  body: Record<string, unknown>;
}
async function hear(response: Response): Promise<Heard> {
  const text = await response.text();
  const type = response.headers.get('content-type');
  const body = type?.includes('json')
    ? (JSON.parse(text) as Heard['body'])
    : Object.fromEntries(new URLSearchParams(text));
  return { status: response.status, type, retryAfter: response.headers.get('retry-after'), text, body };
}
const CLIENT_IN_BODY = { client_id: APP.id, client_secret: APP.secret };
const ask = async (
  parameters: Record<string, string>,
  { at = '/token', json = false, signal = null as AbortSignal | null } = {},
) =>
  hear(
    await fetch(url + at, {
      method: 'POST',
      body: json ? JSON.stringify(parameters) : new URLSearchParams(parameters),
      ...(json ? { headers: { 'content-type': 'application/json' } } : {}),
      signal,
    }),
  );
const refresh = (refreshToken: string, more = {}) =>
  ask({ ...CLIENT_IN_BODY, grant_type: 'refresh_token', refresh_token: refreshToken }, more);
const get = async (at: string, parameters: Record<string, string>) =>
  hear(await fetch(`${url}${at}?${new URLSearchParams(parameters).toString()}`, { redirect: 'manual' }));
const isAlive = async (token: unknown): Promise<unknown> =>
  (await ask({ token: String(token) }, { at: '/introspect' })).body.active;

const REFUSED = { status: 400, body: { error: 'invalid_grant' } };

describe('rotation', () => {
  test('single use: a refresh token works once, its successor after it', async () => {
    const { refreshToken } = await consent('rotate-single-use');
    const { body } = await refresh(refreshToken);
    expect(await refresh(refreshToken)).toMatchObject(REFUSED);
    expect(await refresh(String(body.refresh_token))).toMatchObject({ status: 200 });
  });

  test.each([
    ['rotate-with-grace-30m', 30 * MINUTE],
    ['rotate-with-grace-10m', 10 * MINUTE],
    ['rotate-with-grace-1m', MINUTE],
  ] as const)('%s: a used one works for so long after its first use', async (mode, graceMs) => {
    const { refreshToken } = await consent(mode);
    await refresh(refreshToken);
    await advance(graceMs - 10_000);
    expect(await refresh(refreshToken)).toMatchObject({ status: 200 });
    await advance(10_001);
    expect(await refresh(refreshToken)).toMatchObject(REFUSED);
  });

  test('family kill: a used one that comes back ends all tokens of the consent, and of no other', async () => {
    const other = await consent('rotate-family-kill');
    const { refreshToken } = await consent('rotate-family-kill');
    const { body } = await refresh(refreshToken);
    await refresh(refreshToken);
    expect(await isAlive(body.refresh_token)).toBe(false);
    expect(await isAlive(body.access_token)).toBe(false);
    expect(await isAlive(other.accessToken)).toBe(true);
  });

  test('grace, then family kill', async () => {
    const { refreshToken } = await consent('rotate-with-grace-then-family-kill');
    await refresh(refreshToken);
    const { body } = await refresh(refreshToken);
    await advance(10 * MINUTE + 1);
    expect(await refresh(refreshToken)).toMatchObject(REFUSED);
    expect(await isAlive(body.refresh_token)).toBe(false);
  });

  test.each([
    ['no-rotation', undefined],
    ['null-refresh-token', null],
    ['empty-refresh-token', ''],
  ] as const)('%s: the answer has %j in refresh_token, and the old one goes on working', async (mode, shown) => {
    const { refreshToken } = await consent(mode);
    expect((await refresh(refreshToken)).body.refresh_token).toBe(shown);
    expect(await refresh(refreshToken)).toMatchObject({ status: 200 });
  });

  test('same token: it stands in the answer', async () => {
    const { refreshToken } = await consent('same-refresh-token');
    expect((await refresh(refreshToken)).body.refresh_token).toBe(refreshToken);
  });

  test('only the first consent of an account brings a refresh token', async () => {
    await tell('behave', { mode: 'refresh-token-for-first-consent' });
    const exchange = async () => {
      const code = await tell<string>('code', { account: 'ann' });
      return (await ask({ ...CLIENT_IN_BODY, grant_type: 'authorization_code', code })).body.refresh_token;
    };
    expect([typeof (await exchange()), typeof (await exchange())]).toEqual(['string', 'undefined']);
  });
});

describe('access tokens', () => {
  test('a refresh ends the one before, where the provider does so', async () => {
    const { accessToken, refreshToken } = await consent('refresh-kills-access-token');
    const { body } = await refresh(refreshToken);
    expect([await isAlive(accessToken), await isAlive(body.access_token)]).toEqual([false, true]);
  });

  test.each([
    ['no-expires-in', undefined],
    ['expires-in-zero', 0],
    ['expires-in-string', '3600'],
    ['expires-in-absurd', 1e12],
    ['expires-in-negative', -1],
  ] as const)('%s', async (mode, said) => {
    const { refreshToken } = await consent(mode);
    expect((await refresh(refreshToken)).body.expires_in).toBe(said);
  });

  test('they live as long as they say', async () => {
    const { accessToken } = await consent({ expiresIn: 60 });
    await advance(MINUTE - 10_000);
    expect(await isAlive(accessToken)).toBe(true);
    await advance(10_000);
    expect(await isAlive(accessToken)).toBe(false);
  });

  test('the same one until it has expired, with what is left of its life', async () => {
    const { accessToken, refreshToken } = await consent('same-token-until-expired');
    await advance(30 * MINUTE);
    const { body } = await refresh(refreshToken);
    expect(body.access_token).toBe(accessToken);
    expect(Number(body.expires_in)).toBeLessThanOrEqual(30 * 60);
    await advance(30 * MINUTE);
    expect((await refresh(refreshToken)).body.access_token).not.toBe(accessToken);
  });
});

describe('consents end', () => {
  test('absolutely, however often they were used', async () => {
    const { refreshToken } = await consent(['absolute-cap', 'no-rotation']);
    await advance(364 * DAY);
    expect(await refresh(refreshToken)).toMatchObject({ status: 200 });
    await advance(DAY);
    expect(await refresh(refreshToken)).toMatchObject(REFUSED);
  });

  test('when they were not used for long', async () => {
    const { refreshToken } = await consent(['idle-cap', 'no-rotation']);
    for (const days of [59, 59]) {
      await advance(days * DAY);
      expect(await refresh(refreshToken)).toMatchObject({ status: 200 });
    }
    await advance(60 * DAY);
    expect(await refresh(refreshToken)).toMatchObject(REFUSED);
  });

  test('when they are revoked, by a person or with the refresh token', async () => {
    const [one, two] = [await consent(), await consent()];
    await tell('revoke', { consent: one.consent });
    expect(await ask({ token: two.refreshToken }, { at: '/revoke' })).toMatchObject({ status: 401 });
    await ask({ ...CLIENT_IN_BODY, token: two.refreshToken }, { at: '/revoke' });
    for (const { accessToken, refreshToken } of [one, two]) {
      expect(await isAlive(accessToken)).toBe(false);
      expect(await refresh(refreshToken)).toMatchObject(REFUSED);
    }
  });
});

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

describe('faults', () => {
  const failing = async (fault: Fault, token: string): Promise<string> => {
    await tell('next', { fault });
    return refresh(token, { signal: AbortSignal.timeout(2_000) }).then(
      ({ status }) => `${status}`,
      () => 'no answer',
    );
  };

  test.each<[Fault, string, 'used' | 'unused', Entry['left']]>([
    ['reset', 'no answer', 'unused', 'nothing'],
    ['process-then-reset', 'no answer', 'used', 'nothing'],
    ['hang', 'no answer', 'unused', 'nothing'],
    ['process-then-hang', 'no answer', 'used', 'nothing'],
    ['process-then-gateway', '502', 'used', 'all'],
    ['process-then-truncate', 'no answer', 'used', 'part'],
    ['cut-after-headers', 'no answer', 'used', 'part'],
    [{ status: 500 }, '500', 'unused', 'all'],
    [{ status: 500, processed: true }, '500', 'used', 'all'],
    [{ delayMs: 50 }, '200', 'used', 'all'],
  ])('%j: %s, the token is %s, %s left', async (fault, heard, token, left) => {
    const { refreshToken } = await consent();
    expect(await failing(fault, refreshToken)).toBe(heard);
    let entry = await lastEntry();
    while (entry?.closedAt === null) entry = await lastEntry();
    expect(entry).toMatchObject({ left, decided: token === 'used' ? 'granted' : null });
    expect(await isAlive(refreshToken)).toBe(token === 'unused');
  });

  test('5xx, then fine', async () => {
    const { refreshToken } = await consent();
    await tell('next', { fault: { status: 503 }, times: 2 });
    const statuses = [await refresh(refreshToken), await refresh(refreshToken), await refresh(refreshToken)];
    expect(statuses.map(({ status }) => status)).toEqual([503, 503, 200]);
  });

  test('slow: the tokens move at once, the answer takes its time', async () => {
    const { refreshToken } = await consent(['slow-12s', { delayMs: 30_000 }]);
    await expect(refresh(refreshToken, { signal: AbortSignal.timeout(500) })).rejects.toThrow();
    expect(await isAlive(refreshToken)).toBe(false);
  });

  test('a share of the calls', async () => {
    await tell('always', { fault: { status: 503 }, share: 0.5 });
    const { refreshToken } = await consent('no-rotation');
    let failed = 0;
    for (let n = 0; n < 60; n += 1) failed += Number((await refresh(refreshToken)).status === 503);
    expect(failed).toBeGreaterThan(10);
    expect(failed).toBeLessThan(50);
  });

  test('a command, a mode or a fault that is none is refused', async () => {
    await expect(tell('explode')).rejects.toThrow('commands: issue');
    await expect(tell('behave', { mode: 'polite' })).rejects.toThrow('no mode is called polite');
    await expect(tell('next', { fault: 'fire' })).rejects.toThrow('no fault is called');
  });
});

test('the journal tells what became of each call, and nothing in it opens anything', async () => {
  const { consent: id, accessToken, refreshToken } = await consent();
  const { body } = await refresh(refreshToken);
  await refresh('from-elsewhere');
  const [first, second] = (await tell<Entry[]>('journal')).slice(-2);
  expect(first).toMatchObject({
    ...{ method: 'POST', path: '/token', grant: 'refresh_token', clientId: APP.id, consent: id },
    ...{ decided: 'granted', status: 200, left: 'all', fault: null },
  });
  expect(first?.given?.refresh).toMatch(/^rt-\d+$/);
  expect(second).toMatchObject({
    decided: 'invalid_grant',
    token: `sha256:${sha256('from-elsewhere').slice(0, 16)}`,
    consent: null,
  });
  const whole = JSON.stringify([first, second]);
  for (const secret of [accessToken, refreshToken, body.access_token, body.refresh_token, APP.secret])
    expect(whole).not.toContain(secret);
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
