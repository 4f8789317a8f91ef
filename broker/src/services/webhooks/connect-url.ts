import type { Database } from '../../db/database';
import type { ClaimedDelivery } from '../../repositories/webhook-claims';
import { findConnectionByName } from '../../repositories/connections';
import type { Vault } from '../../vault/vault';
import { automaticLink } from '../connect/automatic-link';
import { linkUrl } from '../connect/link-token';

export interface ConnectUrlParts {
  database: Database;
  vault: Vault;
  /** Where clients reach the broker; null: not known here, so no links are told. */
  publicUrl: string | null;
}

const WITH_A_LINK: ReadonlySet<string> = new Set(['connection.reauth_required', 'connection.expiring']);
const ACTOR = 'otobot';

/**
 * The link by which the client connects again, for who may make one: the same one each time it is told, and none any more once he has. It is
 * made when it is sent, and never stored.
 */
export async function connectUrlOf(
  { database, vault, publicUrl }: ConnectUrlParts,
  { type, makesLinks, organizationId, clientId, service, connectionId, name, data }: ClaimedDelivery,
): Promise<string | null> {
  if (publicUrl === null || !makesLinks || !WITH_A_LINK.has(type)) return null;
  if (clientId === null || service === null || name === null) return null;
  const credential = { clientId, service, name };
  return database.transaction(async (tx) => {
    const connection = await findConnectionByName(tx, { organizationId, ...credential });
    if (connection?.id !== connectionId || connection.generation !== data.generation) return null;
    const link = await automaticLink(tx, vault, { organizationId, actor: ACTOR }, credential);
    return link && linkUrl(vault, publicUrl, organizationId, link.id);
  });
}
