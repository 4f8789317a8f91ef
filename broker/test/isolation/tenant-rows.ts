import type { TestDatabase } from '../support/database';

/** A table whose rows belong to organizations. */
export interface TenantTable {
  name: string;
  /** All that an insert may name. */
  columns: string[];
}

/** From the catalogue, so that a table that comes later is among them. */
export async function tenantTables(database: TestDatabase): Promise<TenantTable[]> {
  const { rows } = await database.query<TenantTable>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) filter (where a.attgenerated = '') as columns
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      group by c.oid, c.relname having bool_or(a.attname = 'organization_id') order by 1`,
  );
  return rows;
}

/** What no request of the stage leaves behind: a row in each of these for every organization that has a connection. */
const OTHERS = [
  `insert into refresh_attempts (id, started_at, organization_id, connection_id, app_id, generation, worker_number)
   select gen_random_uuid(), now(), organization_id, id, app_id, 1, 1 from connections`,
  `insert into outbox (organization_id, type) select organization_id, 'test' from connections`,
  `insert into app_pauses (app_id, organization_id, until, code) select app_id, organization_id, now() + interval '1 hour', 'test' from connections`,
  `insert into provider_incidents (host, code, failing_since, last_failure_at, organization_id)
   select 'host of ' || organization_id, 'test', now(), now(), organization_id from connections`,
  `insert into revocation_orders (organization_id, service, ordered_by, ended_at) select organization_id, service, 'test', now() from connections`,
  `insert into revocations (organization_id, service, name, connection_id, generation, refresh_sealed, refresh_key_version, app_id,
                            oauth_client_id, client_secrets_sealed, client_secrets_key_version, secret_position)
   select c.organization_id, c.service, c.name, c.id, 1, 'x', 1, a.id, a.oauth_client_id, 'x', 1, 0 from connections c join apps a on a.id = c.app_id`,
  `insert into flows (state_hash, organization_id, link_id, app_id, browser_hash, verifier_sealed, verifier_key_version, expires_at, redirect_uri)
   select sha256(l.id::text::bytea), l.organization_id, l.id, a.id, 'x', 'x', 1, now() + interval '1 hour', 'https://x.example'
     from connect_links l join apps a on a.organization_id = l.organization_id`,
  `insert into access_key_usage (key_id, day_count) select id, 1 from access_keys on conflict do nothing`,
];

export async function fillTheRest(database: TestDatabase): Promise<void> {
  for (const statement of OTHERS) await database.query(statement);
}
