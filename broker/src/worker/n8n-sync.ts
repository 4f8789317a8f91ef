import { deleteEmptiedN8nInstances } from '../repositories/n8n-instances';
import { claimN8nCredentials, noticeN8nChanges, type ClaimedN8nCredential } from '../repositories/n8n-pushes';
import type { N8nSyncParts } from '../services/n8n-sync/ended';
import { syncOne } from '../services/n8n-sync/sync-one';
import { soonest } from '../services/refresh/soonest';

/** What a worker does about credentials in n8n. */
export interface N8nSync {
  /** Notices what has changed and begins what is due; does not wait for any n8n. */
  turn(): Promise<void>;
  /** Begins nothing more. An n8n that hangs is not waited for longer than that: what was sent there is found again by its mark. */
  stop(withinMs: number): Promise<void>;
}

export type OpenN8nSync = Pick<N8nSyncParts, 'database' | 'vault' | 'agents' | 'audit' | 'log'>;

const AT_ONCE = 200;
const PER_INSTANCE = 4;
/** Twice what a claim may take in all (services/n8n-sync/sync-one): who was frozen beyond it sends nothing any more. */
const LEASE_SECONDS = 120;

/** For one request to an n8n. */
const TIMEOUT_MS = 10_000;

/** Some at each instance at once, so that one that hangs holds up only what is its own. */
export function openN8nSync(given: OpenN8nSync): N8nSync {
  const { database, log } = given;
  const parts: N8nSyncParts = { ...given, timeoutMs: TIMEOUT_MS, random: Math.random };
  const underWay = new Map<ClaimedN8nCredential, Promise<void>>();
  let claiming: Promise<void> | null = null;
  let stopping = false;

  const begin = (claimed: ClaimedN8nCredential): void => {
    const work = syncOne(parts, claimed)
      .catch((error: unknown) => {
        // Its lease runs out, and it is claimed again.
        log.error('a credential in n8n could not be seen to', { id: claimed.id, error: (error as Error).message });
      })
      .finally(() => {
        underWay.delete(claimed);
        // A place is free for what the last claim had to leave; where it cannot be taken now, the next turn takes it.
        claim().catch(() => undefined);
      });
    underWay.set(claimed, work);
  };
  const claimSome = async (): Promise<void> => {
    const limit = AT_ONCE - underWay.size;
    if (limit <= 0 || stopping) return;
    const inFlight = countsOf([...underWay.keys()]);
    const request = { limit, inFlight, perInstance: PER_INSTANCE, leaseSeconds: LEASE_SECONDS };
    for (const claimed of await claimN8nCredentials(database, request)) begin(claimed);
  };
  const claim = (): Promise<void> => (claiming ??= claimSome().finally(() => (claiming = null)));

  return {
    async turn() {
      await noticeN8nChanges(database);
      await claim();
      await deleteEmptiedN8nInstances(database);
    },
    async stop(withinMs) {
      stopping = true;
      await claiming?.catch(() => undefined);
      await soonest(Promise.all(underWay.values()), withinMs);
    },
  };
}

function countsOf(claims: readonly ClaimedN8nCredential[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { instanceId } of claims) counts[instanceId] = (counts[instanceId] ?? 0) + 1;
  return counts;
}
