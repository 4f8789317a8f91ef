import { baseUrlOf } from '../../providers/granted';
import type { TokenGranted } from '../../providers/token-outcome';
import type { ClaimedConnection } from '../../repositories/refresh-claims';
import type { SealedSet } from '../../repositories/refresh-completions';
import type { LateSet } from '../../repositories/token-sets';
import type { ConnectionKind } from '../../types/credential';
import type { Vault } from '../../vault/vault';
import { NO_ENDS } from '../../types/consent-ends';
import { openSent } from '../moved-service';
import { tokenContext } from '../seal-contexts';
import { endsAfterRefresh } from './consent-ends';
import { secondsAfter } from './moments';

export interface TokenPair {
  accessToken: string;
  refreshToken: string | null;
}

/** Seals what the provider granted as the next generation. */
export function sealGranted(
  vault: Vault,
  claim: ClaimedConnection,
  { granted, usedRefreshToken, sentAt }: { granted: TokenGranted; usedRefreshToken: string | null; sentAt: Date },
): SealedSet {
  const refreshToken = refreshTokenOf(claim.kind, granted, usedRefreshToken);
  const lifetimeSeconds = granted.expiresInSeconds ?? claim.provider.defaultTtlSeconds;
  const newToken = refreshToken !== usedRefreshToken;
  return {
    ...sealPair(vault, claim, { accessToken: granted.accessToken, refreshToken }),
    tokenType: granted.tokenType,
    scopes: granted.scopes,
    // From before the request left: a token never lives longer than we say.
    expiresAt: secondsAfter(sentAt, lifetimeSeconds),
    lifetimeSeconds,
    baseUrl: baseUrlOf(granted.extra),
    ...(refreshToken === null
      ? NO_ENDS
      : endsAfterRefresh(claim, { sentAt, stated: granted, newToken }, claim.provider)),
  };
}

/** The refresh token used is kept when the provider sent none. A long-lived token brings its own successor. */
function refreshTokenOf(kind: ConnectionKind, granted: TokenGranted, used: string | null): string | null {
  if (kind === 'client_credentials') return null;
  return kind === 'long_lived' ? granted.accessToken : (granted.refreshToken ?? used);
}

/** Seals an answer that came late once more, as the next generation. Throws Problem as `vault.open` does. */
export function sealAdopted(vault: Vault, claim: ClaimedConnection, late: LateSet): SealedSet {
  const access = tokenContext(claim, 'access_token', late.generation);
  const accessToken = vault.open('access', access, late.accessSealed, late.accessKeyVersion).toString();
  const refreshToken =
    late.refreshSealed === null || late.refreshKeyVersion === null
      ? null
      : openSent(
          vault,
          { endpoints: claim.provider, owner: claim, record: late.refreshSealed, keyVersion: late.refreshKeyVersion },
          (at) => tokenContext(claim, 'refresh_token', late.generation, at),
        ).toString();
  const { tokenType, scopes, expiresAt, lifetimeSeconds, baseUrl } = late;
  const { refreshExpiresAt, idleExpiresAt, absoluteExpiresAt } = late;
  const pair = sealPair(vault, claim, { accessToken, refreshToken });
  const ends = { refreshExpiresAt, idleExpiresAt, absoluteExpiresAt };
  return { ...pair, tokenType, scopes, expiresAt, lifetimeSeconds, baseUrl, ...ends };
}

function sealPair(vault: Vault, claim: ClaimedConnection, { accessToken, refreshToken }: TokenPair) {
  const generation = claim.generation + 1;
  const access = vault.seal('access', tokenContext(claim, 'access_token', generation), accessToken);
  const refresh =
    refreshToken === null
      ? null
      : vault.seal('refresh', tokenContext(claim, 'refresh_token', generation, claim.provider), refreshToken);
  return {
    accessSealed: access.record,
    accessKeyVersion: access.keyVersion,
    refreshSealed: refresh?.record ?? null,
    refreshKeyVersion: refresh?.keyVersion ?? null,
  };
}
