import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { connectDatabase, type Database } from '../../src/db/database';
import type { Logger } from '../../src/log/logger';
import { createOutbound, type Outbound } from '../../src/outbound/outbound';
import { ensureDataKeys, openVault } from '../../src/services/encryption-keys';
import { appContext, tokenContext, type SecretEndpoints } from '../../src/services/seal-contexts';
import { rootsOfMaster, type Roots } from '../../src/vault/roots';
import type { Vault } from '../../src/vault/vault';
import { startRefresher, type Refresher, type RefresherLimits } from '../../src/worker/refresher';
import { copyDatabase, createTestDatabase, type TestDatabase } from '../support/database';
import { collectingLog, type LogLine } from '../support/log-lines';
import { startProvider, type Issued, type Provider } from '../support/provider';

/** A migrated database with keys, a provider, an app for it, and any number of workers. */
export interface Scene {
  db: TestDatabase;
  provider: Provider;
  vault: Vault;
  roots: Roots;
  masterHex: string;
  /** Of all its workers. */
  dataDir: string;
  organizationId: string;
  owner: Database;
  outbound: Outbound;
  log: Logger;
  lines: LogLine[];
  worker(limits?: Partial<RefresherLimits>, more?: { historyDays?: number; auditDays?: number }): Promise<Refresher>;
  stopWorkers(): Promise<void>;
  close(): Promise<void>;
}

export interface SceneOptions {
  /** Migrated; a new one unless given. */
  db?: TestDatabase;
  /** A copy of its database, with the same provider and keys. */
  original?: Scene;
}

export async function setScene({ original, db: given }: SceneOptions = {}): Promise<Scene> {
  const db = given ?? (await (original === undefined ? createTestDatabase() : copyDatabase(original.db)));
  const provider = original?.provider ?? (await startProvider());
  const lines: LogLine[] = [];
  const log = collectingLog(lines);
  const masterHex = original?.masterHex ?? randomBytes(32).toString('hex');
  const master = createSecretKey(Buffer.from(masterHex, 'hex'));
  const roots: Roots = { current: rootsOfMaster(master), previous: null };
  const owner = connectDatabase({ url: db.url, role: null, log });
  await ensureDataKeys(owner, roots);
  const vault = await openVault(owner, roots);
  const outbound = createOutbound({ allowPrivate: true, privateHosts: [] });
  const organizationId = (await db.query<{ id: string }>('select id from organizations')).rows[0]?.id ?? '';
  // Somebody hears everything and takes nothing: what nobody hears of refreshes is not kept.
  await db.query(
    `insert into webhooks (id, organization_id, url, created_by, secret_sealed, secret_key_version, failures)
     values (gen_random_uuid(), $1, 'https://nobody.example', 'test', '', 1, 5)`,
    [organizationId],
  );
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-workers-'));
  const workers: Refresher[] = [];
  const stopWorkers = async (): Promise<void> => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  };
  return {
    ...{ db, provider, vault, roots, masterHex, dataDir },
    ...{ organizationId, owner, outbound, log, lines, stopWorkers },
    worker: async (limits = {}, more = {}) => {
      const worker = await startRefresher({
        databaseUrl: db.url,
        dataDir,
        roots,
        outbound,
        log,
        limits: { idleMs: 50, ...limits },
        ...more,
      });
      workers.push(worker);
      return worker;
    },
    close: async () => {
      await stopWorkers();
      outbound.close();
      await owner.close();
      if (original === undefined) await provider.close();
      await db.drop();
      fs.rmSync(dataDir, { recursive: true });
    },
  };
}

/** A service of its own with its app: tests of one file do not meet. */
export interface Reach {
  service: string;
  appId: string;
  /** What its secrets are sealed for. */
  endpoints: SecretEndpoints;
}

export interface ReachOptions {
  rotation?: 'none' | 'grace' | 'strict';
  graceSeconds?: number;
  clientSecrets?: string[];
  kind?: 'oauth2' | 'client_credentials' | 'long_lived';
  maxConcurrent?: number;
  refreshUrl?: string;
  /** More columns of the service. */
  columns?: Record<string, unknown>;
}

export async function addReach(
  { db, vault, provider, organizationId }: Scene,
  options: ReachOptions = {},
): Promise<Reach> {
  const { rotation = 'strict', graceSeconds = null, kind = 'oauth2', maxConcurrent = 32 } = options;
  const service = `service-${randomUUID().slice(0, 8)}`;
  const appId = randomUUID();
  const endpoints = { tokenUrl: provider.tokenUrl, refreshUrl: options.refreshUrl ?? null };
  await db.query(
    `insert into services (name, display_name, oauth_type, oauth_token_url, refresh_url, rotation, grace_seconds, max_concurrent)
     values ($1, $1, $2, $3, $4, $5, $6, $7)`,
    [service, kind, endpoints.tokenUrl, endpoints.refreshUrl, rotation, graceSeconds, maxConcurrent],
  );
  for (const [column, value] of Object.entries(options.columns ?? {}))
    await db.query(`update services set ${column} = $2 where name = $1`, [service, value]);
  const context = appContext({ id: appId, organizationId, clientId: null, service }, endpoints);
  const secrets = JSON.stringify(options.clientSecrets ?? [provider.clientSecrets[0]]);
  const { record, keyVersion } = vault.seal('refresh', context, secrets);
  await db.query(
    `insert into apps (id, organization_id, service, oauth_client_id, client_secrets_sealed, client_secrets_key_version)
     values ($1, $2, $3, $4, $5, $6)`,
    [appId, organizationId, service, provider.clientId, record, keyVersion],
  );
  return { service, appId, endpoints };
}

export interface Added {
  id: string;
  issued: Issued;
}

export interface ConnectionOptions {
  /** Null: no tokens yet. */
  expiresInSeconds?: number | null;
  kind?: 'oauth2' | 'client_credentials' | 'long_lived';
  /** When to refresh, in SQL. */
  due?: string;
  tenant?: string;
}

/** A connection with tokens that the provider knows, due at once. */
export async function addConnection(
  scene: Scene,
  { service, appId, endpoints }: Reach,
  options: ConnectionOptions = {},
): Promise<Added> {
  const { expiresInSeconds = 3_600, kind = 'oauth2', due = 'otobot_now()', tenant = null } = options;
  const { db, vault, provider, organizationId } = scene;
  const id = randomUUID();
  const clientId = `client-${id.slice(0, 8)}`;
  const issued = provider.issue();
  await db.query('insert into clients (organization_id, client_id, name) values ($1, $2, $2)', [
    organizationId,
    clientId,
  ]);
  const hasTokens = expiresInSeconds !== null;
  await db.query(
    `insert into connections (id, organization_id, client_id, service, kind, app_id, generation, tenant)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, organizationId, clientId, service, kind, appId, hasTokens ? 1 : 0, tenant],
  );
  if (hasTokens) {
    const owner = { id, organizationId, clientId, service, tenant };
    const renewing = kind === 'long_lived' ? issued.accessToken : issued.refreshToken;
    const access = vault.seal('access', tokenContext(owner, 'access_token', 1), issued.accessToken);
    const refresh = vault.seal('refresh', tokenContext(owner, 'refresh_token', 1, endpoints), renewing);
    await db.query(
      `insert into token_sets (organization_id, connection_id, generation, kind, access_sealed, access_key_version,
                               refresh_sealed, refresh_key_version, token_type, scopes, expires_at, lifetime_seconds)
       values ($1, $2, 1, 'current', $3, $4, $5, $6, 'Bearer', '{read}', otobot_now() + make_interval(secs => $7), 3600)`,
      [organizationId, id, access.record, access.keyVersion, refresh.record, refresh.keyVersion, expiresInSeconds],
    );
  }
  await db.query(`update connections set next_refresh_at = ${due} where id = $1`, [id]);
  return { id, issued };
}

export interface Stored {
  status: string;
  status_reason: string | null;
  generation: number;
  /** A bigint. */
  version: string;
  failure_count: number;
  permanent_code: string | null;
  last_error_code: string | null;
  next_refresh_at: Date | null;
  not_before_at: Date | null;
  uncertain_since: Date | null;
  attempt_id: string | null;
  lease_until: Date | null;
  /** Seconds until then. */
  next_in: number | null;
}

export async function stored({ db }: Scene, id: string): Promise<Stored> {
  const { rows } = await db.query<Stored>(
    'select *, extract(epoch from next_refresh_at - otobot_now())::float8 as next_in from connections where id = $1',
    [id],
  );
  return rows[0] as Stored;
}

/** What the current (or another kind of) token set of a connection opens to; null: there is none. */
export async function tokensOf(
  { db, vault, organizationId }: Scene,
  id: string,
  kind: 'current' | 'previous' | 'late' = 'current',
): Promise<{ accessToken: string; refreshToken: string | null; generation: number } | null> {
  interface Row {
    client_id: string;
    service: string;
    generation: number;
    access_sealed: Buffer;
    refresh_sealed: Buffer | null;
    token_url: string;
    refresh_url: string | null;
  }
  const { rows } = await db.query<Row>(
    `select c.client_id, c.service, t.generation, t.access_sealed, t.refresh_sealed, s.oauth_token_url as token_url, s.refresh_url
       from connections c join token_sets t on t.connection_id = c.id join services s on s.name = c.service
      where c.id = $1 and t.kind = $2`,
    [id, kind],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const owner = { id, organizationId, clientId: row.client_id, service: row.service, tenant: null };
  const endpoints = { tokenUrl: row.token_url, refreshUrl: row.refresh_url };
  const refresh = tokenContext(owner, 'refresh_token', row.generation, endpoints);
  return {
    generation: row.generation,
    accessToken: vault
      .open('access', tokenContext(owner, 'access_token', row.generation), row.access_sealed)
      .toString(),
    refreshToken: row.refresh_sealed && vault.open('refresh', refresh, row.refresh_sealed).toString(),
  };
}

export async function outcomesOf({ db }: Scene, id: string): Promise<(string | null)[]> {
  const { rows } = await db.query<{ outcome: string | null }>(
    'select outcome from refresh_attempts where connection_id = $1 order by started_at',
    [id],
  );
  return rows.map(({ outcome }) => outcome);
}

export async function eventsOf({ db }: Scene, id: string): Promise<string[]> {
  const { rows } = await db.query<{ type: string }>('select type from outbox where connection_id = $1 order by id', [
    id,
  ]);
  return rows.map(({ type }) => type);
}

/** Makes a connection due now, as if its pause were over. */
export async function makeDue({ db }: Scene, id: string): Promise<void> {
  await db.query(
    'update connections set next_refresh_at = otobot_now() where id = $1 and next_refresh_at is not null',
    [id],
  );
}

/** Moves the database through time, from its own: new sessions have the new time, so everybody gets new sessions. */
export async function moveTime({ db }: Pick<Scene, 'db'>, offset: string): Promise<void> {
  const { rows } = await db.query<{ name: string }>('select current_database() as name');
  await db.query(`alter database ${rows[0]?.name ?? ''} set otobot.clock_offset = '${offset}'`);
  await db.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
}
