import { createHash } from 'node:crypto';
import type { Vault } from '../../vault/vault';

const MAC_BYTES = 24;

/**
 * The secret in a connect link: the link's id and a MAC over it, 54 characters base64url. Made from a key rather than at random, so that
 * the broker can show the same link again although only its hash is stored; a dump of the database gives no working link away.
 */
export function linkToken(vault: Vault, organizationId: string, linkId: string): string {
  const { mac } = vault.mac('pepper', ['connect-link', organizationId, linkId]);
  const id = Buffer.from(linkId.replaceAll('-', ''), 'hex');
  return id.toString('base64url') + mac.subarray(0, MAC_BYTES).toString('base64url');
}

/** The link itself, for whoever delivers it: it is a secret, so it is made when it leaves and never stored. `publicUrl`: an origin. */
export function linkUrl(vault: Vault, publicUrl: string, organizationId: string, linkId: string): string {
  return `${publicUrl}/connect/${linkToken(vault, organizationId, linkId)}`;
}

/** What a link or a state is looked up by. */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
