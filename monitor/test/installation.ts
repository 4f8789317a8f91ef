import type { TestDatabase } from '../../broker/test/support/database';
import { monitorTokens, type World } from '../src/program';

/** What a test says of a connection; intervals count from now. The rest is that of a healthy OAuth connection. */
export interface Given {
  client?: string | null;
  organization?: string;
  service?: string;
  name?: string;
  kind?: string;
  status?: string;
  reason?: string;
  failures?: number;
  error?: string;
  /** Null: a token without an end. */
  expiresIn?: string | null;
  nextRefreshIn?: string | null;
  leasedFor?: string;
  refreshToken?: boolean;
  accessKeyVersion?: number | null;
  absoluteEndIn?: string;
  refreshEndIn?: string;
  idleEndIn?: string;
}

/** Services with and without rotation and their apps, one without an app, an app without its service, keys, a live worker. */
export async function prepare(db: TestDatabase): Promise<void> {
  await db.query(`
    insert into services (name, display_name, oauth_token_url, rotation)
      values ('google', 'Google', 'https://token.example', 'none'), ('slack', 'Slack', 'https://token.example', 'strict');
    insert into services (name, display_name, oauth_type) values ('stripe', 'Stripe', 'api_key');
    insert into organizations (name, display_name) values ('studio', 'Studio');
    insert into apps (organization_id, service, oauth_client_id, client_secrets_sealed, client_secrets_key_version)
      select o.id, service, 'x', '', 2 from organizations o, unnest(array['google', 'slack', 'removed']) service;
    insert into encryption_keys (purpose, status, wrapped_key, wrapped_by)
      values ('access', 'primary', '', 'x'), ('refresh', 'primary', '', 'x');
    insert into processes (id, role, host, pid, version, key_versions, seen_at)
      values (gen_random_uuid(), 'refresh', 'host', 1, '0', '{1,2}', otobot_now() + interval '1 hour')`);
}

/** Leaves no connection, no suspension, and one live worker. */
export async function clear(db: TestDatabase): Promise<void> {
  await db.query(`
    delete from connections; delete from clients; update apps set suspended_at = null;
    update processes set seen_at = otobot_now() + interval '1 hour', spool_depth = 0, spool_since = null;
    delete from provider_incidents;
    update installation set refreshing_paused_at = null, refreshing_paused_reason = null`);
}

export async function insertConnection(db: TestDatabase, given: Given = {}): Promise<string> {
  const { client = 'acme', organization = 'default', service = 'google', name = 'default' } = given;
  if (client !== null) {
    const text = `insert into clients (organization_id, client_id, name) select id, $2, $2 from organizations where name = $1
                  on conflict do nothing`;
    await db.query(text, [organization, client]);
  }
  const { kind = 'oauth2', status = 'active', reason, failures = 0, error, nextRefreshIn = '50 minutes' } = given;
  const { rows } = await db.query<{ id: string }>(
    `insert into connections (organization_id, client_id, service, name, kind, app_id, generation, status, status_reason,
                              failure_count, last_error_code, next_refresh_at, lease_until, absolute_expires_at,
                              refresh_expires_at, idle_expires_at, last_refreshed_at)
     select o.id, $2, $3, $4, $5, a.id, 1, $6, $7, $8, $9, otobot_now() + $10::interval, otobot_now() + $11::interval,
            otobot_now() + $12::interval, otobot_now() + $13::interval, otobot_now() + $14::interval, otobot_now()
       from organizations o left join apps a on a.organization_id = o.id and a.service = $3 where o.name = $1
     returning id`,
    [
      ...[organization, client, service, name, kind, status, reason, failures, error, nextRefreshIn, given.leasedFor],
      ...[given.absoluteEndIn, given.refreshEndIn, given.idleEndIn],
    ],
  );
  const id = rows[0]?.id ?? '';
  const { expiresIn = '1 hour', refreshToken = true, accessKeyVersion = 1 } = given;
  await db.query(
    `insert into token_sets (organization_id, connection_id, generation, kind, access_key_version, refresh_key_version, expires_at)
     select organization_id, id, 1, 'current', $2, $3, otobot_now() + $4::interval from connections where id = $1`,
    [id, accessKeyVersion, refreshToken ? 2 : null, expiresIn],
  );
  return id;
}

export interface Run {
  code: number;
  out: string;
  complaints: string;
}

/** Runs the program as the shell would, in this process. */
export async function run(url: string, args: string[] = [], world: Partial<World> = {}): Promise<Run> {
  let out = '';
  let complaints = '';
  const code = await monitorTokens({
    arguments: args,
    environment: { DATABASE_URL: url },
    terminal: null,
    out: (text) => (out += text),
    complain: (text) => (complaints += text),
    ...world,
  });
  return { code, out, complaints };
}
