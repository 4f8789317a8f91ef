import type { TokenExchange } from '../../providers/long-lived';
import { needsClientSecret } from '../../providers/long-lived';
import type { ConnectionKind } from '../../types/credential';
import type { Renewal } from '../../types/dialect';

/** How a connection is renewed, and where: by a grant of RFC 6749, by one of Meta's exchanges, or only by asking whether its token still works. */
export type Way = { url: string | null; withClientSecret: boolean } & (
  { by: 'client_credentials' | 'refresh_token' } | { by: 'exchange'; exchange: TokenExchange } | { by: 'check' }
);

export interface RenewingService {
  tokenUrl: string | null;
  refreshUrl: string | null;
  verifyUrl: string | null;
  renewal: Renewal | null;
}

/** What brings the next token: the refresh token that came along, or, of a long-lived token, itself. null: nothing does. */
export function renewingSecret(
  kind: ConnectionKind,
  { renewal }: Pick<RenewingService, 'renewal'>,
  { access, refresh }: { access: string | null; refresh: string | null },
): string | null {
  if (kind === 'long_lived') return renewal === null ? null : access;
  return kind === 'oauth2' ? refresh : null;
}

/** null: nothing renews such a connection. */
export function wayOf(kind: ConnectionKind, { tokenUrl, refreshUrl, verifyUrl, renewal }: RenewingService): Way | null {
  if (kind === 'client_credentials') return { by: kind, url: tokenUrl, withClientSecret: true };
  if (kind === 'oauth2') return { by: 'refresh_token', url: refreshUrl ?? tokenUrl, withClientSecret: true };
  if (kind !== 'long_lived' || renewal === null) return null;
  if (renewal === 'check') return { by: 'check', url: verifyUrl, withClientSecret: false };
  const withClientSecret = needsClientSecret(renewal, 'again');
  return { by: 'exchange', exchange: renewal, url: refreshUrl ?? tokenUrl, withClientSecret };
}
