import { Problem } from '../../errors/problem';
import type { RevocationCall } from '../../providers/revocation';
import type { ClaimedRevocation } from '../../repositories/revocation-claims';
import type { Vault } from '../../vault/vault';
import { openClientSecrets, type ClientSecret } from '../client-secrets';
import { openSent } from '../moved-service';
import { tokenContext, type SealedConnection } from '../seal-contexts';
import { mayGetTokens } from '../service-catalogue/revocation-endpoint';

export interface OpenedTokens extends Pick<RevocationCall, 'token' | 'tokenType'> {
  clientSecrets: ClientSecret[];
}

/**
 * Opens what a revocation is made with, unless the place it would go to is none of the service's: then nothing is opened at all. `failed`:
 * `integrity` or `key_unavailable`. The refresh token where there is one: the whole consent goes with it (RFC 7009 section 2.1).
 */
export function openForRevocation(
  vault: Vault,
  claim: ClaimedRevocation,
): OpenedTokens | { failed: 'integrity' | 'key_unavailable' } {
  if (!mayGetTokens(claim)) return { failed: 'integrity' };
  const { connectionId, clientId, appId, appClientId } = claim;
  try {
    // The connection's own client: an app of somebody else that the row was pointed to does not open.
    const clientSecrets = openClientSecrets(vault, { ...claim, id: appId, clientId: appClientId && clientId }, claim);
    return { ...openToken(vault, claim, { ...claim, id: connectionId }), clientSecrets };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { failed: error.code === 'key_unavailable' ? error.code : 'integrity' };
  }
}

function openToken(
  vault: Vault,
  claim: ClaimedRevocation,
  connection: SealedConnection,
): Pick<RevocationCall, 'token' | 'tokenType'> {
  const { generation, accessSealed, accessKeyVersion, refreshSealed, refreshKeyVersion } = claim;
  if (refreshSealed !== null) {
    const sent = { endpoints: claim, owner: connection, record: refreshSealed, keyVersion: refreshKeyVersion };
    const token = openSent(vault, sent, (at) => tokenContext(connection, 'refresh_token', generation, at)).toString();
    return { token, tokenType: 'refresh_token' };
  }
  const context = tokenContext(connection, 'access_token', generation);
  const token = vault
    .open('access', context, accessSealed ?? Buffer.alloc(0), accessKeyVersion ?? undefined)
    .toString();
  return { token, tokenType: 'access_token' };
}
