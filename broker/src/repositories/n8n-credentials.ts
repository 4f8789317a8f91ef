import type { Tx } from '../db/database';
import type { ConnectionKind, ConnectionName } from '../types/credential';
import { N8N_FACTS, N8N_TO_GO, N8N_WANTED } from './n8n-wanted';

/** A credential that is kept in an n8n. */
export interface N8nCredential {
  id: string;
  instanceId: string;
  /** null: it was deleted, and what was put there is being taken away. */
  connectionId: string | null;
  clientId: string | null;
  service: string;
  name: string;
  type: string;
  title: string;
  fields: Readonly<Record<string, N8nField>>;
  /** null: it is not there, as far as is known. */
  remoteId: string | null;
  pushedAt: Date | null;
  pushedExpiresAt: Date | null;
  checkedAt: Date | null;
  drift: string | null;
  driftedAt: Date | null;
  lastErrorCode: string | null;
  createdAt: Date;
  status: 'synced' | 'pending' | 'failing' | 'stopped' | 'removing';
}

export type N8nField = string | number | boolean;

const COLUMNS = `n.id, n.instance_id as "instanceId", n.connection_id as "connectionId", n.client_id as "clientId", n.service, n.name, n.type, n.title,
  n.fields, n.remote_id as "remoteId", n.pushed_at as "pushedAt", n.pushed_expires_at as "pushedExpiresAt", n.checked_at as "checkedAt",
  n.drift, n.drifted_at as "driftedAt", coalesce(n.last_error_code, i.last_error_code) as "lastErrorCode", n.created_at as "createdAt",
  case when ${N8N_TO_GO} then 'removing'
       when not ${N8N_WANTED} then case when n.may_be_there then 'removing' else 'stopped' end
       when n.last_error_code is not null or i.failing_since is not null then 'failing'
       when n.pushed_generation = c.generation then 'synced'
       else 'pending' end as status`;

export interface N8nCredentialFilter {
  instanceId: string;
  /** null: all. */
  onlyClients: readonly string[] | null;
  onlyServices: readonly string[] | null;
}

export function listN8nCredentials(
  tx: Tx,
  organizationId: string,
  { limit, after, filter }: { limit: number; after: string | null; filter: N8nCredentialFilter },
): Promise<N8nCredential[]> {
  const { instanceId, onlyClients, onlyServices } = filter;
  return tx.query<N8nCredential>({
    text: `select ${COLUMNS} from n8n_credentials n ${N8N_FACTS}
            where n.organization_id = $1 and n.instance_id = $2 and ($3::uuid is null or n.id > $3)
              and ($4::text[] is null or n.client_id = any ($4)) and ($5::text[] is null or n.service = any ($5))
            order by n.id limit $6`,
    values: [organizationId, instanceId, after, onlyClients, onlyServices, limit],
  });
}

/** null: there is none at that instance. */
export async function findN8nCredential(
  tx: Tx,
  organizationId: string,
  { instanceId, id }: { instanceId: string; id: string },
): Promise<N8nCredential | null> {
  const [row] = await tx.query<N8nCredential>({
    text: `select ${COLUMNS} from n8n_credentials n ${N8N_FACTS} where n.organization_id = $1 and n.instance_id = $2 and n.id = $3`,
    values: [organizationId, instanceId, id],
  });
  return row ?? null;
}

export interface ConnectionToKeep {
  id: string;
  kind: ConnectionKind;
}

/** null: there is no connection of that name. */
export async function findConnectionToKeep(
  tx: Tx,
  { organizationId, clientId, service, name }: ConnectionName,
): Promise<ConnectionToKeep | null> {
  // "is not distinct from" would serve both, but no index answers it.
  const ofClient = clientId === null ? 'is null' : '= $4';
  const [row] = await tx.query<ConnectionToKeep>({
    text: `select id, kind from connections where organization_id = $1 and service = $2 and name = $3 and client_id ${ofClient}`,
    values: [organizationId, service, name, ...(clientId === null ? [] : [clientId])],
  });
  return row ?? null;
}

/** Locks it. null: this connection is not kept there as that type. */
export async function lockN8nCredentialOf(
  tx: Tx,
  { instanceId, connectionId, type }: { instanceId: string; connectionId: string; type: string },
): Promise<string | null> {
  const [row] = await tx.query<{ id: string }>({
    text: 'select id from n8n_credentials where instance_id = $1 and connection_id = $2 and type = $3 for update',
    values: [instanceId, connectionId, type],
  });
  return row?.id ?? null;
}

export interface OrderedN8nCredential {
  id: string;
  organizationId: string;
  instanceId: string;
  connectionId: string;
  clientId: string | null;
  service: string;
  name: string;
  type: string;
  title: string;
  fields: Readonly<Record<string, N8nField>>;
  orderSealed: Buffer;
  orderKeyVersion: number;
}

/** Whoever is at it remembers nothing of what he did by the order of before, and lets go of it when he is done (releaseOrdered). */
export const ANEW = 'claim_id = null';

/** Due at once. One that exists is ordered anew: with these fields, whether or not it was to go. */
export async function upsertN8nCredential(tx: Tx, ordered: OrderedN8nCredential): Promise<void> {
  const { id, organizationId, instanceId, connectionId, clientId, service, name, type, title, fields } = ordered;
  await tx.query({
    text: `insert into n8n_credentials (id, organization_id, instance_id, connection_id, client_id, service, name, type, title, fields,
                                        order_sealed, order_key_version)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
           on conflict (id) do update set title = $9, fields = $10, order_sealed = $11, order_key_version = $12, removed_at = null,
             ${ANEW}, pushed_generation = null, attempts = 0, last_error_code = null, next_attempt_at = otobot_now()`,
    values: [
      ...[id, organizationId, instanceId, connectionId, clientId, service, name, type, title, fields],
      ...[ordered.orderSealed, ordered.orderKeyVersion],
    ],
  });
}

/** A worker takes it away; where it never can have been there, it is gone at once. */
export async function orderN8nCredentialRemoval(tx: Tx, organizationId: string, id: string): Promise<void> {
  const values = [organizationId, id];
  await tx.query({
    text: `update n8n_credentials set removed_at = otobot_now(), ${ANEW}, next_attempt_at = otobot_now() where organization_id = $1 and id = $2`,
    values,
  });
  await tx.query({
    text: `delete from n8n_credentials where organization_id = $1 and id = $2 and not may_be_there and leased_until is null`,
    values,
  });
}

/** Put there once more, whole, whatever is known to be there. */
export async function orderN8nPush(tx: Tx, organizationId: string, id: string): Promise<void> {
  await tx.query({
    text: `update n8n_credentials set ${ANEW}, pushed_generation = null, next_attempt_at = otobot_now() where organization_id = $1 and id = $2`,
    values: [organizationId, id],
  });
}
