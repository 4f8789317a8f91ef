import { Problem } from '../../errors/problem';
import type { StoredAccessKey } from '../../repositories/access-keys';
import { accessKeyMacInput } from '../../secrets/access-key';
import type { AccessKeyFacts } from '../../types/access-key';
import type { Vault } from '../../vault/vault';

/** The row with a MAC over all that grants power. */
export function signed<Row extends AccessKeyFacts>(
  vault: Vault,
  row: Row,
): Row & { rowMac: Buffer; pepperVersion: number } {
  const { mac, keyVersion } = vault.mac('pepper', [accessKeyMacInput(row)]);
  return { ...row, rowMac: mac, pepperVersion: keyVersion };
}

/** An edit must not launder a row that somebody forged or widened by SQL: it would give it a valid MAC. Throws Problem `integrity`. */
export function genuineOrThrow(vault: Vault, row: StoredAccessKey): void {
  if (vault.verifyMac('pepper', row.pepperVersion, [accessKeyMacInput(row)], row.rowMac)) return;
  throw new Problem(
    'integrity',
    `Access key ${row.id} was altered outside the broker. It lets nobody in; revoke it and make a new one.`,
    {
      cause: new Error(`the MAC of access key ${row.id} does not fit`),
    },
  );
}
