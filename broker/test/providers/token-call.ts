import type { Outbound } from '../../src/outbound/outbound';
import type { TokenCall, TokenEndpoint } from '../../src/providers/token-endpoint';
import { STANDARD } from '../../src/types/dialect';
import type { Provider } from '../support/provider';

type Change = Partial<Omit<TokenCall, 'endpoint'>> & { endpoint?: Partial<TokenEndpoint> };

/** A refresh of a fresh consent at the provider, with whatever a test changes. */
export function tokenCall(provider: Provider, outbound: Outbound, { endpoint, ...change }: Change = {}): TokenCall {
  return {
    endpoint: { ...STANDARD, tokenUrl: provider.tokenUrl, authStyle: 'header', scopeSeparator: ' ', ...endpoint },
    client: { id: provider.clientId, secret: provider.clientSecrets[0] ?? '' },
    grant: { type: 'refresh_token', refreshToken: provider.issue().refreshToken },
    keep: [],
    agents: outbound.agents,
    timeoutMs: 5_000,
    ...change,
  };
}
