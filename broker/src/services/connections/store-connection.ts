import { randomUUID } from 'node:crypto';
import type { Tx } from '../../db/database';
import type { Account } from '../../providers/account';
import {
  findConnectionForImport,
  insertConnection,
  insertTokenSet,
  replaceConnection,
  type ExistingConnection,
  type ImportedTokenSet,
} from '../../repositories/connection-imports';
import { insertEvent } from '../../repositories/outbox';
import type { Service } from '../../repositories/services';
import type { ConsentEnds } from '../../types/consent-ends';
import type { ConnectionKind, ConnectionName } from '../../types/credential';
import type { Vault } from '../../vault/vault';
import { wayOf } from '../refresh/way';
import { giveUpTokens } from '../revocations/give-up-tokens';
import { tokenContext } from '../seal-contexts';
import type { Lifespan } from './material';

/** A credential as it was handed over, by an import or by a consent. */
export interface Handover extends Lifespan {
  kind: ConnectionKind;
  /** What is served, and what brings the next. */
  secrets: { access: string | null; refresh: string | null };
  /** The OAuth client that its refresh token is bound to; null: nothing renews it. */
  appId: string | null;
  tokenType: string | null;
  scopes: readonly string[] | null;
  baseUrl: string | null;
  ends: ConsentEnds;
  /** null: not known. */
  account: Account | null;
  /** What is its own in the URLs of the service; null: nothing. */
  tenant: string | null;
  /** null: as it was. */
  metadata: Readonly<Record<string, unknown>> | null;
}

/** Stores it, sealed before it reaches the database, and returns the id. A name that exists keeps its id and gets a new generation of tokens. */
export async function storeConnection(
  tx: Tx,
  vault: Vault,
  owner: ConnectionName,
  service: Service,
  handover: Handover,
): Promise<string> {
  const existing = await findConnectionForImport(tx, owner);
  const id = existing?.id ?? randomUUID();
  const generation = nextGeneration(existing);
  const { kind, appId, nextRefreshAt, metadata, account, tenant, ends } = handover;
  // What is only asked after is not renewed.
  const isRenewed = nextRefreshAt !== null && wayOf(kind, service)?.by !== 'check';
  const connection = {
    ...owner,
    id,
    kind,
    appId,
    generation,
    nextRefreshAt,
    tokenEndsAt: isRenewed ? null : handover.expiresAt,
    metadata,
    ...columnsOf(account),
    tenant,
    ...ends,
  };
  const { organizationId, clientId } = owner;
  const store = async (): Promise<void> => {
    await (existing === null ? insertConnection(tx, connection) : replaceConnection(tx, connection));
    await insertTokenSet(tx, 'current', tokenSetOf(vault, { ...owner, id }, generation, service, handover));
  };
  // What was held beside the old tokens goes with them. Accepted, it comes back as these, and nothing of it is revoked.
  const givenUp = { organizationId, connectionId: id, clientId: null, kinds: ['held'] } as const;
  await (existing === null ? store() : giveUpTokens(tx, givenUp, store));
  const about = { organizationId, clientId, service: owner.service, connectionId: id };
  await insertEvent(tx, { ...about, type: 'connection.connected', data: { generation, kind } });
  if (existing?.wasFailing === true)
    await insertEvent(tx, { ...about, type: 'connection.recovered', data: { generation } });
  return id;
}

/** Sealed for this generation of the connection. */
export function tokenSetOf(
  vault: Vault,
  connection: ConnectionName & { id: string },
  generation: number,
  service: Service,
  {
    secrets: { access, refresh },
    tokenType,
    scopes,
    expiresAt,
    lifetimeSeconds,
    baseUrl,
    ends,
    account,
    tenant,
  }: Handover,
): ImportedTokenSet {
  const owner = { ...connection, tenant };
  const sealedAccess =
    access === null ? null : vault.seal('access', tokenContext(owner, 'access_token', generation), access);
  const sealedRefresh =
    refresh === null ? null : vault.seal('refresh', tokenContext(owner, 'refresh_token', generation, service), refresh);
  return {
    organizationId: connection.organizationId,
    connectionId: connection.id,
    generation,
    accessSealed: sealedAccess?.record ?? null,
    accessKeyVersion: sealedAccess?.keyVersion ?? null,
    refreshSealed: sealedRefresh?.record ?? null,
    refreshKeyVersion: sealedRefresh?.keyVersion ?? null,
    ...{ tokenType, scopes, expiresAt, lifetimeSeconds, baseUrl, ...ends },
    ...columnsOf(account),
    tenant,
  };
}

/**
 * A refresh that was sent for the old tokens may still be answered; its answer is kept as the generation after theirs. That one is
 * left out, so that it can never be taken for a successor of the tokens handed over here.
 */
function nextGeneration(existing: ExistingConnection | null): number {
  if (existing === null) return 1;
  return existing.generation + (existing.wasAttempted ? 2 : 1);
}

const columnsOf = (account: Account | null): { accountId: string | null; accountLabel: string | null } => ({
  accountId: account?.id ?? null,
  accountLabel: account?.label ?? null,
});
