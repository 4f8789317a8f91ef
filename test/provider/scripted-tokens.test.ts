import {
  advance,
  ask,
  CLIENT_IN_BODY,
  consent,
  DAY,
  isAlive,
  MINUTE,
  REFUSED,
  refresh,
  tell,
  useProvider,
} from './scripted';

// The provider that other tests trust: what becomes of tokens and consents in each mode.
useProvider();

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
