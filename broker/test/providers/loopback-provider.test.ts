import { createOutbound } from '../../src/outbound/outbound';
import { requestToken } from '../../src/providers/token-endpoint';
import type { TokenOutcome } from '../../src/providers/token-outcome';
import { startProvider, type Provider } from '../support/provider';
import { tokenCall } from './token-call';

// The double that other tests trust: what it forgives and what it punishes.
const outbound = createOutbound({ allowPrivate: 'loopback', privateHosts: [] });
let provider: Provider;
let now = Date.UTC(2026, 10, 20);

beforeAll(async () => {
  provider = await startProvider({ now: () => now });
});
afterEach(() => {
  provider.reset();
});
afterAll(async () => {
  outbound.close();
  await provider.close();
});

const refresh = (refreshToken: string): Promise<TokenOutcome> =>
  requestToken(tokenCall(provider, outbound, { grant: { type: 'refresh_token', refreshToken } }));
const apiStatus = async (accessToken: string): Promise<number> =>
  (await fetch(provider.apiUrl, { headers: { authorization: `Bearer ${accessToken}` } })).status;

describe('the loopback provider', () => {
  it('with grace takes a used refresh token until the grace is over', async () => {
    provider.behave({ rotation: 'grace', graceMs: 30_000 });
    const { refreshToken } = provider.issue();
    await refresh(refreshToken);
    now += 30_000;
    expect(await refresh(refreshToken)).toMatchObject({ class: 'granted' });
    now += 1;
    expect(await refresh(refreshToken)).toMatchObject({ class: 'permanent' });
    expect(provider.callsWith(refreshToken)).toBe(3);
  });

  it('with family-kill ends every token of the consent when a used one comes back', async () => {
    provider.behave('rotate-family-kill');
    const { refreshToken } = provider.issue();
    const first = await refresh(refreshToken);
    if (first.class !== 'granted') throw new Error(first.code);
    await refresh(refreshToken);
    expect(provider.isLive(first.refreshToken ?? '')).toBe(false);
    expect(await apiStatus(first.accessToken)).toBe(401);
  });

  it('opens its API to live access tokens only', async () => {
    const { accessToken, refreshToken, consent } = provider.issue();
    expect(await apiStatus(accessToken)).toBe(200);
    expect(await apiStatus('made-up')).toBe(401);
    provider.behave('refresh-kills-access-token');
    const next = await refresh(refreshToken);
    if (next.class !== 'granted') throw new Error(next.code);
    expect([await apiStatus(accessToken), await apiStatus(next.accessToken)]).toEqual([401, 200]);
    provider.revoke(consent);
    expect(await apiStatus(next.accessToken)).toBe(401);
  });

  it('has moved the tokens when it fails after processing', async () => {
    const { refreshToken } = provider.issue();
    provider.next('process-then-reset');
    expect(await refresh(refreshToken)).toMatchObject({ class: 'transient', uncertain: true });
    expect(provider.isLive(refreshToken)).toBe(false);
  });

  it('plays faults in their order, then the standing one', async () => {
    provider.always({ status: 503 });
    provider.next({ status: 500 }, 2);
    const statuses: (number | null)[] = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await refresh(provider.issue().refreshToken)).httpStatus);
    expect(statuses).toEqual([500, 500, 503, 503]);
    await provider.received(4);
  });
});
