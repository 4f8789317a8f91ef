import { createOutbound } from '../../src/outbound/outbound';
import { requestToken, type TokenCall } from '../../src/providers/token-endpoint';
import { startProvider, type Provider } from '../support/provider';

const outbound = createOutbound({ allowPrivate: 'loopback', privateHosts: [] });
let provider: Provider;

beforeAll(async () => {
  provider = await startProvider();
});
afterEach(() => {
  provider.reset();
});
afterAll(async () => {
  outbound.close();
  await provider.close();
});

function call(change: Partial<TokenCall> & { refreshToken?: string } = {}): TokenCall {
  const { refreshToken = provider.issue().refreshToken, ...rest } = change;
  return {
    endpoint: { tokenUrl: provider.tokenUrl, authStyle: 'header', scopeSeparator: ' ' },
    client: { id: provider.clientId, secret: provider.clientSecrets[0] ?? '' },
    grant: { type: 'refresh_token', refreshToken },
    agents: outbound.agents,
    timeoutMs: 5_000,
    ...rest,
  };
}

describe('a refresh that succeeds', () => {
  it('returns the new tokens, and the provider has rotated once', async () => {
    const { refreshToken } = provider.issue(['read', 'write']);
    const outcome = await requestToken(call({ refreshToken }));
    expect(outcome).toMatchObject({
      class: 'granted',
      tokenType: 'Bearer',
      expiresInSeconds: 3600,
      scopes: ['read', 'write'],
      httpStatus: 200,
    });
    if (outcome.class !== 'granted') return;
    expect(provider.accepts(outcome.accessToken)).toBe(true);
    expect(provider.isLive(outcome.refreshToken ?? '')).toBe(true);
    expect(provider.isLive(refreshToken)).toBe(false);
    expect(provider.callsWith(refreshToken)).toBe(1);
  });
});
