import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { createOutbound, type Outbound } from '../../src/outbound/outbound';
import { requestToken } from '../../src/providers/token-endpoint';
import { STANDARD } from '../../src/types/dialect';
import type { TokenOutcome } from '../../src/providers/token-outcome';
import { selfSigned, type Certificate } from './certificate';

const DAY_MS = 86_400_000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);

let closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing) close();
  closing = [];
});

/** Asks https://provider.example, which is a server on loopback with that certificate. */
async function ask(certificate: Certificate, trusted: boolean): Promise<{ outcome: TokenOutcome; requests: number }> {
  let requests = 0;
  const server = https.createServer(certificate, (_request, response) => {
    requests += 1;
    response.end(JSON.stringify({ access_token: 'at-1' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const outbound: Outbound = createOutbound({ allowPrivate: 'loopback', privateHosts: [] }, () =>
    Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
  );
  closing.push(() => {
    outbound.close();
    server.close();
  });
  if (trusted) outbound.agents.https.options.ca = certificate.cert;
  const outcome = await requestToken({
    endpoint: {
      ...STANDARD,
      tokenUrl: `https://provider.example:${(server.address() as AddressInfo).port}/token`,
      authStyle: 'header',
      scopeSeparator: ' ',
    },
    client: { id: 'app', secret: 'secret' },
    grant: { type: 'client_credentials', scopes: [] },
    keep: [],
    agents: outbound.agents,
    timeoutMs: 5_000,
  });
  return { outcome, requests };
}

describe('a provider over TLS', () => {
  it('with a good certificate is asked', async () => {
    const { outcome, requests } = await ask(selfSigned('provider.example', inDays(-1), inDays(1)), true);
    expect(outcome).toMatchObject({ class: 'granted', accessToken: 'at-1' });
    expect(requests).toBe(1);
  });

  it.each([
    ['an expired certificate', 'provider.example', -2, -1, true, 'tls.cert_has_expired'],
    ['a certificate not yet valid', 'provider.example', 1, 2, true, 'tls.cert_not_yet_valid'],
    ["another host's certificate", 'other.example', -1, 1, true, 'tls.err_tls_cert_altname_invalid'],
    ['a certificate that nobody vouches for', 'provider.example', -1, 1, false, 'tls.depth_zero_self_signed_cert'],
  ])('with %s gets no request: transient, and the code says TLS', async (_what, name, from, until, trusted, code) => {
    const { outcome, requests } = await ask(selfSigned(name, inDays(from), inDays(until)), trusted);
    expect(outcome).toMatchObject({ class: 'transient', code, sent: false, uncertain: false, httpStatus: null });
    expect(requests).toBe(0);
  });
});
