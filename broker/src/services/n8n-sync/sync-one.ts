import { noteN8nAnswer, noteN8nFailure } from '../../repositories/n8n-instances';
import { releaseOrdered, settleFailure, settleIdle } from '../../repositories/n8n-outcomes';
import type { ClaimedN8nCredential } from '../../repositories/n8n-pushes';
import { markWanted } from '../../repositories/wanted';
import { compare } from './compare';
import { failedBy, standingOf, type AtN8n, type Ended, type N8nSyncParts } from './ended';
import { n8nApi, type N8nApi } from './n8n-api';
import { ASK_AGAIN_SECONDS, isEnding } from './next-look';
import { codeOfProblem, openApiKey } from './opened-claim';
import { pushToken } from './push';
import { takeAway } from './take-away';

/** For all requests of one claim. */
const IN_ALL_MS = 60_000;
/** What one credential may bring about: one that is another project's by now, or that n8n chokes on. */
const MAY_BE_ONES = /^(http_5\d\d|forbidden|timeout)$/;
const FIRST_PAUSE_SECONDS = 30;
const MOST_PAUSE_SECONDS = 3_600;

/** One claimed credential, top to bottom: may it stand there? → is it there, and the newest? → put it there, or take it away → remember. */
export async function syncOne(parts: N8nSyncParts, claim: ClaimedN8nCredential): Promise<void> {
  const { database } = parts;
  const ended = await attempt(parts, claim).catch((error: unknown): Ended => {
    return failedBy({ failed: 'refused', code: codeOfProblem(error) });
  });
  await conclude(parts, claim, ended);
  await releaseOrdered(database, claim);
}

async function conclude(parts: N8nSyncParts, claim: ClaimedN8nCredential, ended: Ended): Promise<void> {
  const { database } = parts;
  if (ended.end === 'stale') return settleIdle(database, claim, 0);
  if (ended.end === 'failed') return remember(parts, claim, ended.failure);
  await ended.settle(claim);
  if (ended.answered) await noteN8nAnswer(database, claim.instanceId);
}

async function attempt(parts: N8nSyncParts, claim: ClaimedN8nCredential): Promise<Ended> {
  const { vault, agents, timeoutMs } = parts;
  const endsAtMs = performance.now() + IN_ALL_MS;
  const api = n8nApi({ url: claim.url, apiKey: openApiKey(vault, claim), agents, timeoutMs, endsAtMs });
  return blamed(api, await seeTo(parts, { claim, api }));
}

/** An n8n that answers otherwise has trouble with this credential alone: then nothing else there waits for it. */
async function blamed(api: N8nApi, ended: Ended): Promise<Ended> {
  if (ended.end !== 'failed' || ended.failure.failed !== 'instance' || !MAY_BE_ONES.test(ended.failure.code))
    return ended;
  return (await api.probe()) === null ? failedBy({ failed: 'refused', code: ended.failure.code }) : ended;
}

async function seeTo(parts: N8nSyncParts, { claim, api }: AtN8n): Promise<Ended> {
  if (!claim.wanted) return takeAway(parts, { claim, api });
  const { generation, accessSealed, connectionId, remoteId, pushedGeneration } = claim;
  if (generation === null || connectionId === null || accessSealed === null) return idle(parts, null);
  const token = { connectionId, generation, accessSealed };
  if (remoteId === null || pushedGeneration !== generation)
    return pushToken(parts, { claim, api }, { ...token, drift: null });
  return isEnding(standingOf(claim)) ? askForSuccessor(parts, claim) : compare(parts, { claim, api }, token);
}

/** It comes by a refresh, as ever, and is noticed then. */
async function askForSuccessor(parts: N8nSyncParts, claim: ClaimedN8nCredential): Promise<Ended> {
  const { organizationId, connectionId: id, version } = claim;
  if (id !== null && version !== null)
    await parts.database.transaction((tx) => markWanted(tx, organizationId, [{ id, version }]));
  return idle(parts, ASK_AGAIN_SECONDS);
}

function idle({ database }: N8nSyncParts, nextInSeconds: number | null): Ended {
  return { end: 'settled', answered: false, settle: (mine) => settleIdle(database, mine, nextInSeconds) };
}

/** A credential that is refused waits for itself; one whose n8n fails waits for that, with all others there. */
async function remember(
  { database, random, log }: N8nSyncParts,
  claim: ClaimedN8nCredential,
  { failed, code }: { failed: string; code: string },
): Promise<void> {
  const { id, organizationId, instance, instanceId, service, type, attempts } = claim;
  log.warn('a credential in n8n is not as it should be', { id, organizationId, instance, service, type, code });
  const blame = failed !== 'instance';
  if (!blame) await noteN8nFailure(database, instanceId, code, random());
  const pause = Math.min(MOST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** Math.min(attempts - 1, 10));
  await settleFailure(database, claim, { code, nextInSeconds: blame ? pause : 0, blame });
}
