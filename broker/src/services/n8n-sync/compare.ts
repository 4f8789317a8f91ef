import { settleCheck } from '../../repositories/n8n-outcomes';
import type { ClaimedN8nCredential } from '../../repositories/n8n-pushes';
import { failedBy, standingOf, type AtN8n, type Ended, type N8nSyncParts, type WantedToken } from './ended';
import type { N8nFailure, N8nKept } from './n8n-api';
import { nextLookSeconds } from './next-look';
import { pushToken } from './push';
import { nameThere } from './pushed-body';

/** Compares what stands there with what was left, and puts it right. n8n tells no data: that somebody wrote there shows in when it was changed. */
export async function compare(parts: N8nSyncParts, { claim, api }: AtN8n, token: WantedToken): Promise<Ended> {
  const found = await api.read(claim.remoteId ?? '');
  const drift = driftOf(claim, found);
  if (drift !== null) return pushToken(parts, { claim, api }, { ...token, drift });
  if ('failed' in found) return failedBy(found);
  const nextInSeconds = nextLookSeconds(standingOf(claim));
  return { end: 'settled', answered: true, settle: (mine) => settleCheck(parts.database, mine, nextInSeconds) };
}

/** null: it is as it was left, or nobody knows. */
function driftOf(claim: ClaimedN8nCredential, found: N8nKept | N8nFailure): string | null {
  if ('failed' in found) return found.failed === 'missing' && found.code !== 'not_n8n' ? 'gone' : null;
  if (found.type !== claim.type) return 'retyped';
  if (found.name !== nameThere(claim.title, claim.id)) return 'renamed';
  return found.updatedAt === claim.remoteUpdatedAt ? null : 'edited';
}
