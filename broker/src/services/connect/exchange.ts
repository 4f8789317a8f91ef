import { getJson } from '../../outbound/get-json';
import { accountIn, accountInAnswer, accountPathsOf, type Account } from '../../providers/account';
import { BASE_URL_PATHS } from '../../providers/granted';
import { requestToken } from '../../providers/token-endpoint';
import type { TokenGranted } from '../../providers/token-outcome';
import type { Service } from '../../repositories/services';
import type { ClientSecret } from '../client-secrets';
import { headerValue } from '../request-header';
import type { OpenLink } from './open-link';
import type { Outcome } from './outcome';
import type { ConnectParts } from './parts';

/** What a client has consented to, as the provider told us. */
export interface Consent {
  granted: TokenGranted;
  /** null: this service does not say who it is. */
  account: Account | null;
  /** Before the request left: a token never lives longer than we say. */
  sentAtMs: number;
}

export interface Redeemable {
  code: string;
  /** null: without PKCE. */
  codeVerifier: string | null;
  redirectUri: string;
  clientSecrets: readonly ClientSecret[];
}

const EXCHANGE_TIMEOUT_MS = 20_000;
const ACCOUNT_TIMEOUT_MS = 10_000;

/** Redeems the code, with the next client secret each time the provider refuses the one before, and asks whose account it is. */
export async function exchangeCode(
  { agents }: Pick<ConnectParts, 'agents'>,
  { service, app }: OpenLink,
  { code, codeVerifier, redirectUri, clientSecrets }: Redeemable,
): Promise<{ consent: Consent } | { failed: Outcome }> {
  const { tokenUrl } = service;
  if (tokenUrl === null || app === null) return { failed: 'not_configured' };
  let failed: Outcome = 'not_configured';
  for (const { secret } of clientSecrets) {
    const sentAtMs = Date.now();
    const outcome = await requestToken({
      endpoint: { ...service, tokenUrl },
      client: { id: app.oauthClientId, secret },
      grant: { type: 'authorization_code', code, redirectUri, codeVerifier },
      keep: [...BASE_URL_PATHS, ...accountPathsOf(service)],
      agents,
      timeoutMs: EXCHANGE_TIMEOUT_MS,
    });
    if (outcome.class === 'granted') return accountOf(agents, service, outcome, sentAtMs);
    failed =
      outcome.class === 'transient' || outcome.class === 'throttled'
        ? 'provider_unreachable'
        : outcome.class === 'app'
          ? 'not_configured'
          : 'exchange_failed';
    // Only the secret was refused; with anything else the code may be used up.
    if (outcome.class !== 'app') break;
  }
  return { failed };
}

async function accountOf(
  agents: ConnectParts['agents'],
  service: Service,
  granted: TokenGranted,
  sentAtMs: number,
): Promise<{ consent: Consent } | { failed: Outcome }> {
  const { accountFrom, accountUrl } = service;
  if (accountFrom === null) return { consent: { granted, account: null, sentAtMs } };
  if (accountFrom !== 'url' || accountUrl === null) {
    return { consent: { granted, account: accountInAnswer(service, granted), sentAtMs } };
  }
  const answer = await getJson({
    url: accountUrl,
    headers: { [service.requestHeader]: headerValue(service.requestScheme ?? 'Bearer', granted.accessToken) },
    agents,
    timeoutMs: ACCOUNT_TIMEOUT_MS,
  });
  // A look-up that fails must not cost the client his consent: then the account is not known, and that is said.
  return { consent: { granted, account: answer?.status === 200 ? accountIn(service, answer.body) : null, sentAtMs } };
}
