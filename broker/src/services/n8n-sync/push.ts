import { noteRemoteId, settleIdle, settlePush } from '../../repositories/n8n-outcomes';
import type { ClaimedN8nCredential } from '../../repositories/n8n-pushes';
import { ownEntry } from '../audit/own-entry';
import { failedBy, standingOf, type AtN8n, type Ended, type N8nSyncParts, type WantedToken } from './ended';
import type { N8nApi, N8nCredentialBody, N8nFailure, N8nKept } from './n8n-api';
import { nextLookSeconds } from './next-look';
import { openOrder, openSecret } from './opened-claim';
import { markOf, pushedBody } from './pushed-body';

/** Opens the token, commits the audit, and puts it there. `drift`: what was found otherwise than it was left, for whoever is told. */
export async function pushToken(
  parts: N8nSyncParts,
  { claim, api }: AtN8n,
  token: WantedToken & { drift: string | null },
): Promise<Ended> {
  const { connectionId, generation, drift } = token;
  // Its audit would be stale, at once and again at once. Its successor is noticed.
  if (claim.expiresAt !== null && claim.expiresAt <= claim.now) return untilItChanges(parts);
  const order = openOrder(parts.vault, claim, connectionId);
  const body = pushedBody(claim, order, openSecret(parts.vault, claim, token));
  if ((await audited(parts, claim, token)) === 'stale') return { end: 'stale' };
  const kept = await put(parts, { claim, api }, body);
  if ('failed' in kept) return failedBy(kept);
  const pushed = {
    ...{ remoteId: kept.id, remoteUpdatedAt: kept.updatedAt, generation, expiresAt: claim.expiresAt, drift },
    nextInSeconds: nextLookSeconds(standingOf(claim)),
  };
  return { end: 'settled', answered: true, settle: (mine) => settlePush(parts.database, mine, pushed) };
}

function untilItChanges({ database }: N8nSyncParts): Ended {
  return { end: 'settled', answered: false, settle: (mine) => settleIdle(database, mine, null) };
}

/**
 * The same statement that audits a read: it is written only while the facts that this was decided on are still true, so a suspension is obeyed here as there.
 * Throws Problem `audit_unavailable`.
 */
function audited(
  { audit }: N8nSyncParts,
  claim: ClaimedN8nCredential,
  { connectionId, generation }: WantedToken,
): ReturnType<N8nSyncParts['audit']['commit']> {
  const { organizationId, clientId, service, instance, type, id, policyVersion, version, expiresAt } = claim;
  const entry = ownEntry({
    ...{ organizationId, clientId, service, connectionId, generation },
    ...{ action: 'credential.pushed', code: 'released', actor: 'n8n-sync' },
    detail: { instance, type, n8nCredentialId: id },
  });
  return audit.commit(entry, { policyVersion, connectionVersion: version, usableUntil: expiresAt });
}

/** Replaces what is there, or makes it. Where the id is not known, or leads nowhere, the mark is looked for first: an answer may have been lost. */
async function put(
  { database }: N8nSyncParts,
  { claim, api }: AtN8n,
  body: N8nCredentialBody,
): Promise<N8nKept | N8nFailure> {
  if (claim.remoteId !== null) {
    const replaced = await api.replace(claim.remoteId, body);
    if (!('failed' in replaced) || replaced.failed !== 'missing') return replaced;
  }
  const marked = await api.findMarked(markOf(claim.id));
  if ('failed' in marked) return marked;
  const [first, ...more] = marked;
  if (first === undefined) return api.create(body);
  await noteRemoteId(database, claim, first.id);
  const surplus = await removeAll(api, more);
  return surplus ?? api.replace(first.id, body);
}

async function removeAll(api: N8nApi, kept: readonly N8nKept[]): Promise<N8nFailure | null> {
  for (const { id } of kept) {
    const failure = await api.remove(id);
    if (failure !== null) return failure;
  }
  return null;
}
