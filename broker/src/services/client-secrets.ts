import type { AppSecrets } from '../repositories/apps';
import type { Vault } from '../vault/vault';
import { openSent, type MovableEndpoints } from './moved-service';
import { appContext } from './seal-contexts';

export interface ClientSecret {
  position: number;
  secret: string;
}

/**
 * Opens an app's list of client secrets, beginning with the one that worked last. Throws Problem `integrity` where the record belongs to
 * another app, owner, service or token endpoint, and `key_unavailable`.
 */
export function openClientSecrets(vault: Vault, app: AppSecrets, endpoints: MovableEndpoints): ClientSecret[] {
  const { secretsSealed: record, secretsKeyVersion: keyVersion, secretPosition } = app;
  const sent = { endpoints, owner: app, record, keyVersion };
  const list = JSON.parse(openSent(vault, sent, (at) => appContext(app, at)).toString()) as string[];
  const ordered = list.map((secret, position) => ({ position, secret }));
  return [...ordered.slice(secretPosition), ...ordered.slice(0, secretPosition)];
}
