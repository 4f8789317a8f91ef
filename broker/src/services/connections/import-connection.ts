import { randomUUID } from 'node:crypto';
import type { Tx } from '../../db/database';
import { findAppIdFor } from '../../repositories/apps';
import { holdClient } from '../../repositories/clients';
import { databaseNow } from '../../repositories/clock';
import {
  findConnectionForImport,
  insertConnection,
  insertCurrentTokenSet,
  replaceConnection,
  type ExistingConnection,
  type ImportedTokenSet,
} from '../../repositories/connection-imports';
import { insertEvent } from '../../repositories/outbox';
import { findService, lockService, type Service } from '../../repositories/services';
import type { ConnectionKind, ConnectionName } from '../../types/credential';
import type { Vault } from '../../vault/vault';
import { unknownClient } from '../clients';
import { tokenContext } from '../seal-contexts';
import { foundService } from '../service-catalogue/service-catalogue';
import { checkMaterial, lifespanOf, secretsOf, type Material } from './material';

export interface ConnectionImport extends Material {
  /** null: the organization's own. */
  clientId: string | null;
  service: string;
  name: string;
  /** The kind of the service unless given. */
  kind?: ConnectionKind | undefined;
  /** What the token is good for, where known. */
  scopes?: readonly string[] | undefined;
  metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Refresh it at once, to know that it works. */
  verify?: boolean | undefined;
}

/**
 * Stores a credential, sealed before it reaches the database. A name that exists keeps its id and gets a new generation of tokens.
 * Returns the id. Throws Problem `not_found` or `invalid_value`.
 */
export async function importConnection(
  tx: Tx,
  vault: Vault,
  owner: ConnectionName,
  request: ConnectionImport,
): Promise<string> {
  const { organizationId, clientId } = owner;
  await lockService(tx, owner.service, 'shared');
  const service = foundService(await findService(tx, organizationId, owner.service), owner.service);
  if (clientId !== null && !(await holdClient(tx, organizationId, clientId))) throw unknownClient(clientId);
  const kind = request.kind ?? service.oauthType;
  const material = materialOf(request);
  checkMaterial(kind, material, service);

  const existing = await findConnectionForImport(tx, owner);
  const id = existing?.id ?? randomUUID();
  const generation = nextGeneration(existing);
  const appId =
    kind === 'api_key' || kind === 'basic' ? null : await findAppIdFor(tx, organizationId, clientId, owner.service);
  const now = await databaseNow(tx);
  const { expiresAt, lifetimeSeconds, nextRefreshAt } = lifespanOf(kind, material, service, {
    now,
    random: Math.random(),
  });

  const due = request.verify === true && nextRefreshAt !== null ? now : nextRefreshAt;
  const connection = { ...owner, id, kind, appId, generation, nextRefreshAt: due, metadata: request.metadata ?? null };
  await (existing === null ? insertConnection(tx, connection) : replaceConnection(tx, connection));
  const sealed = seal(vault, { ...owner, id }, generation, secretsOf(kind, material), service);
  const tokenType = kind === 'api_key' || kind === 'basic' ? null : 'Bearer';
  const scopes = request.scopes ?? null;
  await insertCurrentTokenSet(tx, {
    organizationId,
    connectionId: id,
    generation,
    ...sealed,
    tokenType,
    scopes,
    expiresAt,
    lifetimeSeconds,
  });
  await insertEvent(tx, {
    organizationId,
    type: 'connection.connected',
    clientId,
    service: owner.service,
    connectionId: id,
    data: { generation, kind },
  });
  return id;
}

function materialOf({ accessToken, refreshToken, apiKey, username, password, expiresAt }: ConnectionImport): Material {
  return { accessToken, refreshToken, apiKey, username, password, expiresAt };
}

/**
 * A refresh that was sent for the old tokens may still be answered; its answer is kept as the generation after theirs. That one is
 * left out, so that it can never be taken for a successor of the tokens imported here.
 */
function nextGeneration(existing: ExistingConnection | null): number {
  if (existing === null) return 1;
  return existing.generation + (existing.wasAttempted ? 2 : 1);
}

type SealedPair = Pick<ImportedTokenSet, 'accessSealed' | 'accessKeyVersion' | 'refreshSealed' | 'refreshKeyVersion'>;

function seal(
  vault: Vault,
  connection: ConnectionName & { id: string },
  generation: number,
  { access, refresh }: { access: string | null; refresh: string | null },
  { tokenUrl }: Service,
): SealedPair {
  const sealedAccess =
    access === null ? null : vault.seal('access', tokenContext(connection, 'access_token', generation), access);
  const sealedRefresh =
    refresh === null
      ? null
      : vault.seal('refresh', tokenContext(connection, 'refresh_token', generation, tokenUrl), refresh);
  return {
    accessSealed: sealedAccess?.record ?? null,
    accessKeyVersion: sealedAccess?.keyVersion ?? null,
    refreshSealed: sealedRefresh?.record ?? null,
    refreshKeyVersion: sealedRefresh?.keyVersion ?? null,
  };
}
