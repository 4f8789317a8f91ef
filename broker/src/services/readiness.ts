import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../db/database';
import { findPause } from '../repositories/installation';
import { countLiveWorkers } from '../repositories/processes';
import type { Vault } from '../vault/vault';

export interface Readiness {
  ready: boolean;
  /** What keeps this process from serving, in words. */
  missing: string[];
  /** What somebody should look at, although serving goes on. */
  warnings: string[];
}

/** Whoever asks gives up soon after. */
const PATIENCE_MS = 2_000;
const KEPT_MS = 1_000;

export type CheckReadiness = () => Promise<Readiness>;

/** Whether this process can serve now. Public, so it tells no more than an outsider may know. */
export function createReadiness({ database, vault }: { database: Database; vault: Vault }): CheckReadiness {
  return atMostEachSecond(async () => {
    const missing: string[] = [];
    const warnings: string[] = [];
    const keys = vault.keyring.missingVersions().map(({ version }) => version);
    if (keys.length > 0) warnings.push(`encryption key versions not available here: ${keys.join(', ')}`);
    const heard = await Promise.race([
      refreshingWarnings(database).catch(() => null),
      delay(PATIENCE_MS, null, { ref: false }),
    ]);
    if (heard === null) missing.push('the database does not answer');
    else warnings.push(...heard);
    return { ready: missing.length === 0, missing, warnings };
  });
}

async function refreshingWarnings(database: Database): Promise<string[]> {
  const [workers, pause] = await Promise.all([countLiveWorkers(database), findPause(database)]);
  return [
    ...(workers === 0 ? ['no token-refresher is running: tokens will not be refreshed'] : []),
    ...(pause === null ? [] : ['refreshing is paused: tokens will not be refreshed until `otobot refresh --resume`']),
  ];
}

/** Anybody may ask, and as often as he likes: all who ask within a second get one answer. */
function atMostEachSecond<T>(look: () => Promise<T>): () => Promise<T> {
  let latest: Promise<T> | null = null;
  let until = 0;
  return () => {
    if (latest === null || performance.now() > until) {
      latest = look();
      until = Infinity; // for as long as it takes
      const done = (): number => (until = performance.now() + KEPT_MS);
      void latest.then(done, done);
    }
    return latest;
  };
}
