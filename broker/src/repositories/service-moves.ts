import type { Tx } from '../db/database';
import type { AppSecrets } from './apps';
import type { ServiceFields } from './services';

export type ServiceEndpoints = Pick<ServiceFields, 'tokenUrl' | 'refreshUrl' | 'revocationUrl' | 'tenantHosts'>;

/** `former`: the sealed note about where it was; null: as it is. */
export async function moveEndpoints(
  tx: Tx,
  id: string,
  { tokenUrl, refreshUrl, revocationUrl, tenantHosts }: ServiceEndpoints,
  former: { record: Buffer; keyVersion: number } | null,
): Promise<void> {
  await tx.query({
    text: `update services set oauth_token_url = $2, refresh_url = $3, oauth_revocation_url = $4, tenant_hosts = $7, updated_at = otobot_now(),
                  moved_from_sealed = coalesce($5, moved_from_sealed), moved_from_key_version = coalesce($6, moved_from_key_version)
            where id = $1`,
    values: [id, tokenUrl, refreshUrl, revocationUrl, former?.record ?? null, former?.keyVersion ?? null, tenantHosts],
  });
}

/** Which rows: by id, from after this one (null: from the first), so many. */
export interface Stretch {
  organizationId: string;
  service: string;
  after: string | null;
  limit: number;
}

export type MovedApp = Omit<AppSecrets, 'secretPosition'>;

export function listMovedApps(tx: Tx, { organizationId, service, after, limit }: Stretch): Promise<MovedApp[]> {
  return tx.query<MovedApp>({
    text: `select id, organization_id as "organizationId", client_id as "clientId", service, client_secrets_sealed as "secretsSealed",
                  client_secrets_key_version as "secretsKeyVersion"
             from apps where organization_id = $1 and service = $2 and ($3::uuid is null or id > $3) order by id limit $4`,
    values: [organizationId, service, after, limit],
  });
}

export interface MovedConnection {
  id: string;
  organizationId: string;
  clientId: string | null;
  service: string;
  /** Its sets with a refresh token, of whatever kind. */
  sets: readonly MovedSet[];
}

export interface MovedSet {
  id: string;
  /** Of the set: one that is held may be of another than the connection's. */
  tenant: string | null;
  generation: number;
  /** In hex. */
  sealed: string;
  keyVersion: number;
}

/** Connections, also those without anything to move, with all their refresh tokens. */
export function listMovedConnections(
  tx: Tx,
  { organizationId, service, after, limit }: Stretch,
): Promise<MovedConnection[]> {
  return tx.query<MovedConnection>({
    text: `
      with stretch as materialized (
        select id, organization_id, client_id, service, tenant from connections
         where organization_id = $1 and service = $2 and ($3::uuid is null or id > $3) order by id limit $4)
      select c.id, c.organization_id as "organizationId", c.client_id as "clientId", c.service,
             coalesce((select json_agg(json_build_object('id', t.id, 'generation', t.generation,
                                                         'tenant', case when t.kind = 'held' then t.tenant else c.tenant end,
                                                         'sealed', encode(t.refresh_sealed, 'hex'), 'keyVersion', t.refresh_key_version))
                         from token_sets t where t.connection_id = c.id and t.refresh_sealed is not null), '[]') as sets
        from stretch c order by c.id`,
    values: [organizationId, service, after, limit],
  });
}

/** One secret, sealed anew. */
export interface Resealed {
  id: string;
  /** What it was opened from: whoever has written another since keeps his. */
  before: Buffer;
  record: Buffer;
  keyVersion: number;
}

const TABLES = {
  apps: { table: 'apps', sealed: 'client_secrets_sealed', version: 'client_secrets_key_version' },
  tokens: { table: 'token_sets', sealed: 'refresh_sealed', version: 'refresh_key_version' },
} as const;

/** Returns how many were written: not those that were replaced or deleted meanwhile. */
export async function writeResealed(tx: Tx, kind: keyof typeof TABLES, resealed: readonly Resealed[]): Promise<number> {
  const { table, sealed, version } = TABLES[kind];
  const rows = await tx.query({
    text: `update ${table} row set ${sealed} = new.record, ${version} = new.key_version
             from unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::int[]) as new (id, before, record, key_version)
            where row.id = new.id and row.${sealed} = new.before returning row.id`,
    values: [
      resealed.map(({ id }) => id),
      resealed.map(({ before }) => before),
      resealed.map(({ record }) => record),
      resealed.map(({ keyVersion }) => keyVersion),
    ],
  });
  return rows.length;
}
