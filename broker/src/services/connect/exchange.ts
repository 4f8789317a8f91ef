import { getJson } from '../../outbound/get-json';
import { accountIn, accountInAnswer, accountPathsOf, type Account } from '../../providers/account';
import { BASE_URL_PATHS } from '../../providers/granted';
import { textAt } from '../../providers/member-path';
import { atTenant, tenantIn } from '../../providers/tenant';
import { requestToken, type TokenCall } from '../../providers/token-endpoint';
import type { TokenFailure, TokenGranted } from '../../providers/token-outcome';
import type { Service } from '../../repositories/services';
import type { ClientSecret } from '../client-secrets';
import { wayOf } from '../refresh/way';
import { tokenHeader } from '../request-header';
import type { OpenLink } from './open-link';
import type { Outcome } from './outcome';
import type { ConnectParts } from './parts';

/** What a client has consented to, as the provider told us. */
export interface Consent {
  granted: TokenGranted;
  /** null: this service does not say who it is. */
  account: Account | null;
  /** What is its own in the URLs of the service; null: nothing. */
  tenant: string | null;
  /** Before the request left: a token never lives longer than we say. */
  sentAtMs: number;
}

export interface Redeemable {
  code: string;
  /** null: without PKCE. */
  codeVerifier: string | null;
  redirectUri: string;
  clientSecrets: readonly ClientSecret[];
  /** As far as it is known before the answer. */
  tenant: string | null;
}

const EXCHANGE_TIMEOUT_MS = 20_000;
const ACCOUNT_TIMEOUT_MS = 10_000;
const MAX_TENANT_LENGTH = 300;
const EXCHANGE_TRIES = 2;

const tenantPathsOf = ({ tenantFrom, tenantParam }: Service): string[] =>
  tenantFrom === 'answer' && tenantParam !== null ? [tenantParam] : [];

/**
 * Redeems the code, with the next client secret each time the provider refuses the one before, and asks whose account it is. Everything
 * goes to the tenant's endpoints.
 */
export async function exchangeCode(
  { agents }: Pick<ConnectParts, 'agents'>,
  { service: written, app }: OpenLink,
  { code, codeVerifier, redirectUri, clientSecrets, tenant }: Redeemable,
): Promise<{ consent: Consent } | { failed: Outcome }> {
  const service = atTenant(written, tenant);
  const { tokenUrl } = service;
  if (tokenUrl === null || app === null) return { failed: 'not_configured' };
  let failed: Outcome = 'not_configured';
  for (const { secret } of clientSecrets) {
    const client = { id: app.oauthClientId, secret };
    const call = {
      client,
      keep: [...BASE_URL_PATHS, ...accountPathsOf(service), ...tenantPathsOf(service)],
      agents,
      timeoutMs: EXCHANGE_TIMEOUT_MS,
    };
    const sentAtMs = Date.now();
    const grant = { type: 'authorization_code', code, redirectUri, codeVerifier } as const;
    const outcome = await requestToken({ ...call, endpoint: { ...service, tokenUrl }, grant });
    if (outcome.class === 'granted') {
      const lasting = await exchangeForLongLived(call, service, { granted: outcome, sentAtMs });
      return 'failed' in lasting ? lasting : consentOf(agents, service, { ...lasting, tenant });
    }
    failed = failureOf(outcome);
    // Only the secret was refused; with anything else the code may be used up.
    if (outcome.class !== 'app') break;
  }
  return { failed };
}

function failureOf({ class: failure }: TokenFailure): Outcome {
  if (failure === 'transient' || failure === 'throttled') return 'provider_unreachable';
  return failure === 'app' ? 'not_configured' : 'exchange_failed';
}

interface Fresh {
  granted: TokenGranted;
  sentAtMs: number;
}

/** Where the provider's consents bring a token for an hour, that is exchanged for the one to keep. It uses nothing up: a second try is free. */
async function exchangeForLongLived(
  call: Omit<TokenCall, 'endpoint' | 'grant'>,
  service: Service,
  short: Fresh,
): Promise<Fresh | { failed: Outcome }> {
  const way = wayOf(service.oauthType, service);
  if (way?.by !== 'exchange' || way.url === null) return short;
  const { accessToken: token, extra, scopes } = short.granted;
  const endpoint = { ...service, tokenUrl: way.url };
  const grant = { type: 'exchange', exchange: way.exchange, step: 'first', token } as const;
  let failed: Outcome = 'exchange_failed';
  for (let tries = 0; tries < EXCHANGE_TRIES; tries++) {
    const sentAtMs = Date.now();
    const outcome = await requestToken({ ...call, endpoint, grant });
    if (outcome.class === 'granted') {
      const granted = { ...outcome, scopes: outcome.scopes ?? scopes, extra: { ...extra, ...outcome.extra } };
      return { granted, sentAtMs };
    }
    failed = failureOf(outcome);
    if (failed !== 'provider_unreachable') break;
  }
  return { failed };
}

async function consentOf(
  agents: ConnectParts['agents'],
  service: Service,
  { granted, tenant, sentAtMs }: Omit<Consent, 'account'>,
): Promise<{ consent: Consent } | { failed: Outcome }> {
  const { accountFrom, tenantFrom } = service;
  const lookedUp = accountFrom === 'url' || tenantFrom === 'lookup' ? await lookUp(agents, service, granted) : null;
  // A look-up that fails must not cost the client his consent: then the account is not known, and that is said.
  const account =
    accountFrom === null
      ? null
      : accountFrom === 'url'
        ? accountIn(service, lookedUp)
        : accountInAnswer(service, granted);
  const told = tenantFrom === 'answer' || tenantFrom === 'lookup' ? toldTenant(service, granted, lookedUp) : tenant;
  // Without it nothing could be done with the tokens.
  if (tenantFrom !== null && told === null)
    return { failed: tenantFrom === 'lookup' && lookedUp === null ? 'provider_unreachable' : 'answer_refused' };
  return { consent: { granted, account, tenant: told, sentAtMs } };
}

function toldTenant(service: Service, { extra }: TokenGranted, lookedUp: unknown): string | null {
  const { tenantFrom, tenantParam } = service;
  const path = tenantParam ?? '';
  return tenantIn(service, tenantFrom === 'answer' ? (extra[path] ?? null) : textAt(lookedUp, path, MAX_TENANT_LENGTH));
}

/** null: no answer that could be used. */
async function lookUp(agents: ConnectParts['agents'], service: Service, granted: TokenGranted): Promise<unknown> {
  if (service.accountUrl === null) return null;
  const { name, value } = tokenHeader(service, granted.accessToken);
  const answer = await getJson({
    url: service.accountUrl,
    headers: { [name]: value },
    agents,
    timeoutMs: ACCOUNT_TIMEOUT_MS,
  });
  return answer?.status === 200 ? answer.body : null;
}
