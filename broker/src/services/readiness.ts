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

export type CheckReadiness = () => Promise<Readiness>;

/** Whether this process can serve now. Public, so it tells no more than an outsider may know. */
export function createReadiness({ database, vault }: { database: Database; vault: Vault }): CheckReadiness {
  return async () => {
    const missing: string[] = [];
    const warnings: string[] = [];
    const keys = vault.keyring.missingVersions().map(({ version }) => version);
    if (keys.length > 0) warnings.push(`encryption key versions not available here: ${keys.join(', ')}`);
    try {
      if ((await countLiveWorkers(database)) === 0)
        warnings.push('no token-refresher is running: tokens will not be refreshed');
      if ((await findPause(database)) !== null)
        warnings.push('refreshing is paused: tokens will not be refreshed until `otobot refresh --resume`');
    } catch {
      missing.push('the database does not answer');
    }
    return { ready: missing.length === 0, missing, warnings };
  };
}
