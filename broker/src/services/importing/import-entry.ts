import type { Tx } from '../../db/database';
import { Problem } from '../../errors/problem';
import { findApp } from '../../repositories/apps';
import { findConnectionForImport, rememberGrant } from '../../repositories/connection-imports';
import { fingerprint } from '../../secrets/fingerprint';
import type { Vault } from '../../vault/vault';
import { storeApp } from '../apps';
import { importConnection, type ConnectionImport } from '../connections/import-connection';

export interface ImportEntry extends Omit<ConnectionImport, 'verify'> {
  /** What it is called where it comes from: the name of a credential, the line of a file. */
  source: string;
  /** The OAuth client that the grant was issued to, without which nobody can refresh it. */
  app?: { clientId: string; clientSecret: string } | undefined;
}

export interface ImportedEntry {
  outcome: 'new' | 'replaced' | 'unchanged';
  connectionId: string;
  /** Whose OAuth client refreshes it from now on, and whether it was made for that; null: the entry names none. */
  app: 'present' | 'made for the organization' | 'made for the client' | null;
}

/** Stores one entry. Throws Problem for what cannot be; the caller's savepoint takes back what was done by then. */
export async function importEntry(
  tx: Tx,
  vault: Vault,
  organizationId: string,
  entry: ImportEntry,
): Promise<ImportedEntry> {
  const { clientId, service, name } = entry;
  const owner = { organizationId, clientId, service, name };
  const existing = await findConnectionForImport(tx, owner);
  // Before anything else: the broker may have refreshed this grant since, and then the export's token is one that was used up.
  if (existing !== null && existing.importedGrant !== null && existing.importedGrant === grantOf(existing.id, entry))
    return { outcome: 'unchanged', connectionId: existing.id, app: null };
  const app = entry.app === undefined ? null : await appFor(tx, vault, organizationId, entry, entry.app);
  const connectionId = await importConnection(tx, vault, owner, entry);
  await rememberGrant(tx, organizationId, connectionId, grantOf(connectionId, entry));
  return { outcome: existing === null ? 'new' : 'replaced', connectionId, app };
}

/** null: nothing that is hard enough to guess for a fingerprint of it to be kept. */
function grantOf(connectionId: string, { refreshToken, accessToken, apiKey }: ImportEntry): string | null {
  const grant = refreshToken ?? accessToken ?? apiKey;
  return grant === undefined ? null : fingerprint(connectionId, grant);
}

/**
 * A refresh token works only with the OAuth client that it was issued to. The first one becomes the organization's; where that has
 * another, the client's own. What exists is never changed: others live on it.
 */
async function appFor(
  tx: Tx,
  vault: Vault,
  organizationId: string,
  { clientId, service }: ImportEntry,
  { clientId: oauthClientId, clientSecret }: NonNullable<ImportEntry['app']>,
): Promise<ImportedEntry['app']> {
  const own = clientId === null ? null : await findApp(tx, organizationId, clientId, service);
  const shared = await findApp(tx, organizationId, null, service);
  const used = own ?? shared;
  if (used?.oauthClientId === oauthClientId) return 'present';
  if (own !== null || (used !== null && clientId === null)) throw otherApp(service, own === null);
  const ownerClientId = shared === null ? null : clientId;
  await storeApp(tx, vault, organizationId, { service, ownerClientId, oauthClientId, clientSecrets: [clientSecret] });
  return ownerClientId === null ? 'made for the organization' : 'made for the client';
}

function otherApp(service: string, isOrganization: boolean): Problem {
  return new Problem(
    'conflict',
    `app: ${isOrganization ? 'the organization' : 'the client'} has another OAuth client at service "${service}", and this grant works only with the one that it was issued to. Import it to a service of another name, or have the client connect again.`,
  );
}
