import type { AppSecrets } from '../repositories/apps';
import type { Vault } from '../vault/vault';
import { appContext, type SecretEndpoints } from './seal-contexts';

export interface ClientSecret {
  position: number;
  secret: string;
}

/**
 * Opens an app's list of client secrets, beginning with the one that worked last. Throws Problem `integrity` where the record belongs to
 * another app, owner, service or token endpoint, and `key_unavailable`.
 */
export function openClientSecrets(vault: Vault, app: AppSecrets, endpoints: SecretEndpoints): ClientSecret[] {
  const { secretsSealed, secretsKeyVersion, secretPosition } = app;
  const list = JSON.parse(
    vault.open('refresh', appContext(app, endpoints), secretsSealed, secretsKeyVersion).toString(),
  ) as string[];
  const ordered = list.map((secret, position) => ({ position, secret }));
  return [...ordered.slice(secretPosition), ...ordered.slice(0, secretPosition)];
}
