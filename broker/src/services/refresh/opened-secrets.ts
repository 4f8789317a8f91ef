import { Problem } from '../../errors/problem';
import { atTenant } from '../../providers/tenant';
import type { AppSecrets } from '../../repositories/apps';
import type { ClaimedConnection } from '../../repositories/refresh-claims';
import type { Vault } from '../../vault/vault';
import { openClientSecrets, type ClientSecret } from '../client-secrets';
import { openSent } from '../moved-service';
import { isWithinAudience, secretAudience, tokenContext } from '../seal-contexts';
import type { Outcome } from './state';
import { wayOf, type Way } from './way';

/** What a request is made with. Lives as long as the attempt. */
export interface OpenedSecrets {
  way: Way;
  /** Where this connection is renewed. */
  url: string;
  /** In the order of the app's list, beginning with the one that worked last; none where none is sent. */
  clientSecrets: ClientSecret[];
  /** A long-lived token is its own. Null: the grant is made with the client's own secret. */
  refreshToken: string | null;
}

export type Unopened = Extract<Outcome, { class: 'unusable' | 'unsent' }>;

const KEY_RETRY_MS = 60_000;

/**
 * Opens everything before anything is sent. A record that does not open, because it was moved or the service's URL was
 * rewritten, makes the attempt unusable: nothing leaves, and it is not the client's to repair.
 */
export function openSecrets(vault: Vault, claim: ClaimedConnection): OpenedSecrets | Unopened {
  const { kind } = claim;
  const provider = atTenant(claim.provider, claim.tenant);
  const way = wayOf(kind, provider);
  if (way === null) return { class: 'unsent', code: 'no_renewal', retryAfterMs: null };
  const { url } = way;
  if (url === null || secretAudience(claim.provider) === null) return { class: 'unusable', code: 'service_unusable' };
  // Its token is sealed for the endpoints alone, and sent to no other place.
  if (way.by === 'check' && !isWithinAudience(provider, url)) return { class: 'unusable', code: 'integrity' };
  try {
    // Without a key to seal the answer with, it would be lost.
    if (vault.keyring.primary('access') === null || vault.keyring.primary('refresh') === null) return keyUnavailable();
    const refreshToken = kind === 'client_credentials' ? null : openRefreshToken(vault, claim);
    if (refreshToken === undefined) return { class: 'unsent', code: 'no_refresh_token', retryAfterMs: null };
    const clientSecrets = way.withClientSecret ? openClientSecrets(vault, appOf(claim), claim.provider) : [];
    return { way, url, refreshToken, clientSecrets };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.code === 'key_unavailable' ? keyUnavailable() : { class: 'unusable', code: 'integrity' };
  }
}

function openRefreshToken(vault: Vault, claim: ClaimedConnection): string | undefined {
  const { refreshSealed: record, refreshKeyVersion: keyVersion, generation, provider: endpoints } = claim;
  if (record === null || keyVersion === null) return undefined;
  const sent = { endpoints, owner: claim, record, keyVersion };
  return openSent(vault, sent, (at) => tokenContext(claim, 'refresh_token', generation, at)).toString();
}

// The connection's organization, service and client: an app of somebody else that it was pointed to does not open.
const appOf = ({ organizationId, service, clientId, app }: ClaimedConnection): AppSecrets => ({
  ...app,
  organizationId,
  service,
  clientId: app.clientId && clientId,
});

const keyUnavailable = (): Unopened => ({ class: 'unsent', code: 'key_unavailable', retryAfterMs: KEY_RETRY_MS });
