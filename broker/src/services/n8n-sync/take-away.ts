import { settleGone } from '../../repositories/n8n-outcomes';
import { failedBy, type AtN8n, type Ended, type N8nSyncParts } from './ended';
import { markOf } from './pushed-body';

/** By its id, and by its mark: with an answer that was lost, an id may have been. What n8n does not have any more is gone. */
export async function takeAway({ database }: N8nSyncParts, { claim, api }: AtN8n): Promise<Ended> {
  const { id, remoteId, toGo } = claim;
  const failure = remoteId === null ? null : await api.remove(remoteId);
  if (failure !== null) return failedBy(failure);
  const left = await api.findMarked(markOf(id));
  if ('failed' in left) return failedBy(left);
  for (const kept of left) {
    const stays = await api.remove(kept.id);
    if (stays !== null) return failedBy(stays);
  }
  // n8n says of what it listed that it is not there where the key may not delete it.
  const still = left.length === 0 ? left : await api.findMarked(markOf(id));
  if ('failed' in still) return failedBy(still);
  if (still.length > 0) return failedBy({ failed: 'refused', code: 'forbidden' });
  return { end: 'settled', answered: true, settle: (mine) => settleGone(database, mine, toGo) };
}
