import { createOutbound } from '../../src/outbound/outbound';
import { requestToken, type TokenGrant } from '../../src/providers/token-endpoint';
import { STANDARD } from '../../src/types/dialect';
import type { TokenOutcome } from '../../src/providers/token-outcome';
import { startOidcProvider, type OidcProvider } from '../support/oidc';

const outbound = createOutbound({ allowPrivate: 'loopback', privateHosts: [] });
let oidc: OidcProvider;

beforeAll(async () => {
  oidc = await startOidcProvider();
});
afterAll(async () => {
  outbound.close();
  await oidc.stop();
});

const ask = (grant: TokenGrant, secret = oidc.clientSecret): Promise<TokenOutcome> =>
  requestToken({
    endpoint: { ...STANDARD, tokenUrl: oidc.tokenUrl, authStyle: 'header', scopeSeparator: ' ' },
    client: { id: oidc.clientId, secret },
    grant,
    keep: ['id_token'],
    agents: outbound.agents,
    timeoutMs: 5_000,
  });
const refresh = (refreshToken: string): Promise<TokenOutcome> => ask({ type: 'refresh_token', refreshToken });
const statusOf = async (accessToken: string): Promise<number> =>
  (await fetch(oidc.userinfoUrl, { headers: { authorization: `Bearer ${accessToken}` } })).status;

describe('against a real OpenID provider', () => {
  it('a refresh rotates, and the new access token opens the API', async () => {
    const consent = await oidc.consent('alice');
    const outcome = await refresh(consent.refreshToken);
    if (outcome.class !== 'granted') throw new Error(outcome.code);
    expect(outcome).toMatchObject({
      tokenType: 'Bearer',
      expiresInSeconds: 3600,
      scopes: ['openid', 'offline_access'],
    });
    expect(outcome.refreshToken).not.toBe(consent.refreshToken);
    expect(outcome.extra.id_token).toMatch(/^ey/);
    expect(await statusOf(outcome.accessToken)).toBe(200);
    expect(await refresh(outcome.refreshToken ?? '')).toMatchObject({ class: 'granted' });
  });

  it('a refresh token used twice is permanent, and takes its successor with it', async () => {
    const { refreshToken } = await oidc.consent('bob');
    const first = await refresh(refreshToken);
    if (first.class !== 'granted') throw new Error(first.code);
    expect(await refresh(refreshToken)).toMatchObject({ class: 'permanent', code: 'invalid_grant', uncertain: false });
    expect(await refresh(first.refreshToken ?? '')).toMatchObject({ class: 'permanent', code: 'invalid_grant' });
    expect(await statusOf(first.accessToken)).toBe(401);
  });

  it('a consent taken back is permanent', async () => {
    const { grantId, refreshToken } = await oidc.consent('carol');
    await oidc.revoke(grantId);
    expect(await refresh(refreshToken)).toMatchObject({ class: 'permanent', code: 'invalid_grant' });
  });

  it('a wrong client secret concerns the app', async () => {
    const { refreshToken } = await oidc.consent('dave');
    expect(await ask({ type: 'refresh_token', refreshToken }, 'wrong')).toMatchObject({
      class: 'app',
      code: 'invalid_client',
    });
    expect(await refresh(refreshToken)).toMatchObject({ class: 'granted' });
  });

  it('client credentials are granted without a refresh token', async () => {
    const outcome = await ask({ type: 'client_credentials', scopes: [] });
    expect(outcome).toMatchObject({ class: 'granted', refreshToken: null, expiresInSeconds: 3600 });
  });
});
