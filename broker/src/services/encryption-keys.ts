import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../db/database';
import { insertPrimaryDataKey, listDataKeys, lockDataKeys, nextDataKeyVersion } from '../repositories/encryption-keys';
import { createDataKey, PURPOSES } from '../vault/data-key';
import type { Roots } from '../vault/roots';
import { Vault } from '../vault/vault';

/** Opens the vault with the keys in the database. Throws ConfigurationError when the master key is not the one they were made with. */
export async function openVault(database: Database, roots: Roots): Promise<Vault> {
  return new Vault(roots, await listDataKeys(database));
}

/**
 * Makes a data key for each purpose that has none: the first start of an installation, or of a version with a new purpose.
 * Checks first that the master key belongs to the keys that are there, so that a wrong one writes nothing. As the owner of the tables.
 */
export async function ensureDataKeys(database: Database, roots: Roots): Promise<void> {
  await database.transaction(async (tx) => {
    await lockDataKeys(tx);
    const rows = await listDataKeys(tx);
    new Vault(roots, rows);
    for (const purpose of PURPOSES) {
      if (rows.some((row) => row.purpose === purpose)) continue;
      const version = await nextDataKeyVersion(tx);
      await insertPrimaryDataKey(tx, createDataKey(roots, { version, purpose }));
    }
  });
}

export interface KeyReload {
  /** Takes over the keys as the database has them at some moment from now on. Callers share looks, of which there is one a second. */
  reload(): Promise<void>;
}

const AT_MOST_EVERY_MS = 1_000;

/** A version that this process has not seen may have been made a moment ago: the keys are looked at once more before giving up. */
export function createKeyReload(database: Database, vault: Vault): KeyReload {
  let lookedAt = -Infinity;
  let coming: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    // A look that has begun may have missed what the caller met, so nobody is given that one.
    await delay(Math.max(0, lookedAt + AT_MOST_EVERY_MS - performance.now()));
    coming = null;
    lookedAt = performance.now();
    vault.reload(await listDataKeys(database));
  };
  return { reload: () => (coming ??= look()) };
}
