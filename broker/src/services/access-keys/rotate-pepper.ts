import type { Database, Tx } from '../../db/database';
import { Problem } from '../../errors/problem';
import {
  destroyRetiredDataKeys,
  listDataKeys,
  nextDataKeyVersion,
  replacePrimaryDataKey,
} from '../../repositories/encryption-keys';
import { lockKeysUnderOtherPeppers, lockPepper, replaceMacs, type KeyPosition } from '../../repositories/peppers';
import { createDataKey } from '../../vault/data-key';
import type { Roots } from '../../vault/roots';
import { Vault } from '../../vault/vault';
import type { Authorize } from '../access/authorize';
import type { Caller } from '../access/principal';
import { tellPepperRotated } from './rotation-events';
import { isGenuine, signed } from './signed-row';

export interface PepperRotation {
  /** Of the pepper in force now. */
  version: number;
  /** An earlier rotation had been cut short, and was brought to its end instead of beginning another. */
  resumed: boolean;
  /** How many access keys were signed anew. */
  signed: number;
  /** Keys whose rows were made or altered outside the broker: they let nobody in, before and after. */
  forged: string[];
}

/** Replaces the pepper under which the rows of access keys are signed. Restartable at any point; serving goes on meanwhile. */
export type RotatePepper = (caller: Caller) => Promise<PepperRotation>;

export interface RotatePepperParts {
  /** As the owner of the tables: no other role sees the keys of every organization, or writes encryption keys. */
  owner: Database;
  authorize: Authorize;
  roots: Roots;
}

const BATCH = 500;

export function createRotatePepper({ owner, authorize, roots }: RotatePepperParts): RotatePepper {
  return async (caller) => {
    await authorize(caller, { action: 'pepper.rotate', scope: null });
    if (caller.presented?.kind !== 'operator')
      throw new Problem(
        'scope_missing',
        'The pepper is rotated at the machine itself, with: otobot keys rotate-pepper',
      );
    const resumed = await owner.transaction((tx) => begin(tx, roots));
    const vault = new Vault(roots, await listDataKeys(owner));
    const done = await signAll(owner, vault);
    // A stolen pepper must not make one more key: whoever can write to the database could still name the old version.
    await owner.transaction((tx) => destroyRetiredDataKeys(tx, 'pepper'));
    return { version: vault.keyring.primary('pepper')?.version ?? 0, resumed, ...done };
  };
}

/** The new pepper is in force with this transaction; false: one is already, and the keys of before wait for it. */
async function begin(tx: Tx, roots: Roots): Promise<boolean> {
  await lockPepper(tx);
  const rows = (await listDataKeys(tx)).filter(({ purpose }) => purpose === 'pepper');
  const missing = new Vault(roots, rows).keyring.missingVersions();
  if (missing.length > 0)
    throw new Problem(
      'key_unavailable',
      `Pepper version ${missing.map(({ version }) => version).join(', ')} does not unwrap here, so the keys under it cannot be checked. Give ENCRYPTION_MASTER_KEY_PREVIOUS.`,
    );
  if (rows.some(({ status }) => status === 'decrypt_only')) return true;
  const version = await nextDataKeyVersion(tx);
  await replacePrimaryDataKey(tx, createDataKey(roots, { version, purpose: 'pepper' }));
  await tellPepperRotated(tx, version);
  return false;
}

/** Every genuine row under another pepper gets a MAC under the new one, some hundreds in a transaction. Forged ones are left as they are. */
async function signAll(owner: Database, vault: Vault): Promise<{ signed: number; forged: string[] }> {
  const version = vault.mac('pepper', []).keyVersion;
  const forged: string[] = [];
  let count = 0;
  let after: KeyPosition | null = null;
  do {
    const rows = await owner.transaction(async (tx) => {
      const batch = await lockKeysUnderOtherPeppers(tx, version, { after, limit: BATCH });
      const genuine = batch.filter((row) => isGenuine(vault, row));
      if (genuine.length > 0)
        await replaceMacs(
          tx,
          genuine.map((row) => signed(vault, row)),
        );
      return { batch, genuine };
    });
    count += rows.genuine.length;
    forged.push(...rows.batch.filter((row) => !rows.genuine.includes(row)).map(({ id }) => id));
    after = rows.batch.at(-1) ?? null;
  } while (after !== null);
  return { signed: count, forged };
}
