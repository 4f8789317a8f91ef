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

/** Whether the row is as the broker signed it. One under a pepper that is gone, or never was, is not. */
export function isGenuine(vault: Vault, row: Signed): boolean {
  const { keyring } = vault;
  const version = row.pepperVersion;
  if (keyring.find(version) === null && !keyring.missingVersions().some((missing) => missing.version === version))
    return false;
  return vault.verifyMac('pepper', version, [accessKeyMacInput(row)], row.rowMac);
}

type Signed = AccessKeyFacts & Pick<StoredAccessKey, 'rowMac' | 'pepperVersion'>;

/** An edit must not launder a row that somebody forged or widened by SQL: it would give it a valid MAC. Throws Problem `integrity`. */
export function genuineOrThrow(vault: Vault, row: StoredAccessKey): void {
  if (isGenuine(vault, row)) return;
  throw new Problem(
    'integrity',
    `Access key ${row.id} was altered outside the broker. It lets nobody in; revoke it and make a new one.`,
    {
      cause: new Error(`the MAC of access key ${row.id} does not fit`),
    },
  );
}
