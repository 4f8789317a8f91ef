import type { Tx } from '../../db/database';
import { listDataKeys } from '../../repositories/encryption-keys';
import { holdPepper } from '../../repositories/peppers';
import type { Vault } from '../../vault/vault';

/** From here to the end of the transaction the vault checks and signs with the peppers in force: another process may have replaced them. */
export async function useCurrentPepper(tx: Tx, vault: Vault): Promise<void> {
  await holdPepper(tx);
  vault.reload(await listDataKeys(tx));
}
