import type { Tx } from '../../db/database';
import { Problem } from '../../errors/problem';
import { findAppFor } from '../../repositories/apps';
import { findConnectionForImport, type ImportedTokenSet } from '../../repositories/connection-imports';
import type { Connection } from '../../repositories/connections';
import { databaseNow } from '../../repositories/clock';
import { deleteHeldSet, findHeldSet } from '../../repositories/held-sets';
import { insertEvent } from '../../repositories/outbox';
import { findService, lockService } from '../../repositories/services';
import type { ConnectionName } from '../../types/credential';
import type { Vault } from '../../vault/vault';
import { movingEndOf } from '../refresh/consent-ends';
import { dueAt } from '../refresh/due';
import { openSent, type MovableEndpoints } from '../moved-service';
import { tokenContext, type SealedConnection } from '../seal-contexts';
import { foundService } from '../service-catalogue/found-service';
import { storeConnection } from './store-connection';

/**
 * The client did mean the other account: its tokens become the next generation of the connection, which is pinned to it from now on.
 * Throws Problem `conflict` when nothing is held.
 */
export async function acceptHeld(tx: Tx, vault: Vault, organizationId: string, connection: Connection): Promise<void> {
  const { id, clientId, name } = connection;
  await lockService(tx, connection.service, 'shared');
  const service = foundService(await findService(tx, organizationId, connection.service), connection.service);
  const owner: ConnectionName = { organizationId, clientId, service: connection.service, name };
  // The connection first, as everybody locks them: of a rejection at the same moment neither waits for the other.
  await findConnectionForImport(tx, owner);
  const held = await findHeldSet(tx, organizationId, id);
  if (held === null) throw nothingHeld(id);

  const secrets = open(vault, { ...owner, id, tenant: held.tenant }, held, service);
  const app = await findAppFor(tx, organizationId, clientId, connection.service);
  const { tokenType, scopes, baseUrl, expiresAt, lifetimeSeconds } = held;
  const { refreshExpiresAt, idleExpiresAt, absoluteExpiresAt } = held;
  const ends = { refreshExpiresAt, idleExpiresAt, absoluteExpiresAt };
  const now = await databaseNow(tx);
  const { refreshAheadSeconds } = service;
  const movingEndAt = movingEndOf(ends);
  const movingEnd = movingEndAt && { at: movingEndAt, now };
  const due =
    expiresAt !== null && lifetimeSeconds !== null
      ? dueAt({ expiresAt, lifetimeSeconds, refreshAheadSeconds, random: Math.random(), movingEnd })
      : now;
  await storeConnection(tx, vault, owner, service, {
    kind: connection.kind,
    secrets,
    appId: app?.id ?? null,
    ...{ tokenType, scopes, baseUrl, expiresAt, lifetimeSeconds },
    nextRefreshAt: secrets.refresh === null ? null : due,
    ends,
    account: held.accountId === null ? null : { id: held.accountId, label: held.accountLabel },
    tenant: held.tenant,
    metadata: null,
  });
}

/** It was a mistake: the tokens of the other account are forgotten, those in use stay. Throws Problem `conflict` when nothing is held. */
export async function rejectHeld(tx: Tx, organizationId: string, { id, clientId, service }: Connection): Promise<void> {
  if (!(await deleteHeldSet(tx, organizationId, id))) throw nothingHeld(id);
  const data = { reason: 'account_rejected' };
  await insertEvent(tx, { organizationId, type: 'connection.rejected', clientId, service, connectionId: id, data });
}

function open(
  vault: Vault,
  connection: SealedConnection,
  held: ImportedTokenSet,
  endpoints: MovableEndpoints,
): { access: string | null; refresh: string | null } {
  const { generation, accessSealed, accessKeyVersion, refreshSealed, refreshKeyVersion } = held;
  const access =
    accessSealed &&
    vault.open(
      'access',
      tokenContext(connection, 'access_token', generation),
      accessSealed,
      accessKeyVersion ?? undefined,
    );
  const refresh =
    refreshSealed &&
    openSent(vault, { endpoints, owner: connection, record: refreshSealed, keyVersion: refreshKeyVersion }, (at) =>
      tokenContext(connection, 'refresh_token', generation, at),
    );
  return { access: access?.toString() ?? null, refresh: refresh?.toString() ?? null };
}

const nothingHeld = (id: string): Problem =>
  new Problem('conflict', `No other account is held for connection ${id}. GET /v1/connections/${id} shows its state.`);
