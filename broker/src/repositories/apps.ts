import type { Tx } from '../db/database';

/** The OAuth client with which a service is reached, without its sealed secrets. */
export interface App {
  id: string;
  organizationId: string;
  /** null: the organization's, for all clients without one of their own. */
  clientId: string | null;
  service: string;
  oauthClientId: string;
  scopes: string | null;
  suspendedAt: Date | null;
  suspendedReason: string | null;
  updatedAt: Date;
}

export interface SealedApp extends Pick<
  App,
  'id' | 'organizationId' | 'clientId' | 'service' | 'oauthClientId' | 'scopes'
> {
  secretsSealed: Buffer;
  secretsKeyVersion: number;
}

export interface AppSecrets extends Pick<
  SealedApp,
  'id' | 'organizationId' | 'clientId' | 'service' | 'secretsSealed' | 'secretsKeyVersion'
> {
  /** The one that worked last. */
  secretPosition: number;
}

const COLUMNS = `id, organization_id as "organizationId", client_id as "clientId", service, oauth_client_id as "oauthClientId", scopes,
  suspended_at as "suspendedAt", suspended_reason as "suspendedReason", updated_at as "updatedAt"`;

/** The app of exactly this owner. */
export async function findApp(
  tx: Tx,
  organizationId: string,
  clientId: string | null,
  service: string,
): Promise<App | null> {
  const [row] = await tx.query<App>({
    text: `select ${COLUMNS} from apps where organization_id = $1 and client_id is not distinct from $2 and service = $3`,
    values: [organizationId, clientId, service],
  });
  return row ?? null;
}

/** The app that a connection of this client uses: his own, else the organization's. */
export async function findAppFor(
  tx: Tx,
  organizationId: string,
  clientId: string | null,
  service: string,
): Promise<App | null> {
  const [row] = await tx.query<App>({
    text: `select ${COLUMNS} from apps where organization_id = $1 and service = $3 and (client_id = $2 or client_id is null)
            order by client_id nulls last limit 1`,
    values: [organizationId, clientId, service],
  });
  return row ?? null;
}

/** With what its secrets are opened and tried. */
export async function findAppSecrets(tx: Tx, organizationId: string, id: string): Promise<AppSecrets | null> {
  const [row] = await tx.query<AppSecrets>({
    text: `select id, organization_id as "organizationId", client_id as "clientId", service, client_secrets_sealed as "secretsSealed",
                  client_secrets_key_version as "secretsKeyVersion", secret_position as "secretPosition"
             from apps where organization_id = $1 and id = $2`,
    values: [organizationId, id],
  });
  return row ?? null;
}

/** With new secrets everything that was known about the old ones is void: suspension, probes, which one works. */
export async function upsertApp(tx: Tx, app: SealedApp): Promise<App> {
  const [row] = await tx.query<App>({
    text: `insert into apps (id, organization_id, client_id, service, oauth_client_id, scopes, client_secrets_sealed, client_secrets_key_version)
           values ($1, $2, $3, $4, $5, $6, $7, $8)
           on conflict (id) do update
              set oauth_client_id = excluded.oauth_client_id, scopes = excluded.scopes,
                  client_secrets_sealed = excluded.client_secrets_sealed, client_secrets_key_version = excluded.client_secrets_key_version,
                  secret_position = 0, suspended_at = null, suspended_reason = null, next_probe_at = null, updated_at = otobot_now()
           returning ${COLUMNS}`,
    values: [
      app.id,
      app.organizationId,
      app.clientId,
      app.service,
      app.oauthClientId,
      app.scopes,
      app.secretsSealed,
      app.secretsKeyVersion,
    ],
  });
  return row as App;
}

/** The organization's own app of a service. */
export async function deleteApp(tx: Tx, organizationId: string, service: string): Promise<void> {
  await tx.query({
    text: 'delete from apps where organization_id = $1 and service = $2',
    values: [organizationId, service],
  });
}

/** Gives the app to the connections that had none to be refreshed with, and has those tried now that failed before. */
export async function adoptConnections(
  tx: Tx,
  { id, organizationId, clientId, service }: Pick<App, 'id' | 'organizationId' | 'clientId' | 'service'>,
): Promise<void> {
  await tx.query({
    text: `update connections set app_id = $1
            where organization_id = $2 and service = $4 and app_id is null and kind not in ('api_key', 'basic')
              and ($3::text is null or client_id = $3)`,
    values: [id, organizationId, clientId, service],
  });
  await tx.query({
    text: `update connections set next_refresh_at = otobot_now(), not_before_at = null
            where organization_id = $2 and app_id = $1 and status = 'backoff' and permanent_code is null and next_refresh_at is not null`,
    values: [id, organizationId],
  });
}
