import { randomBytes, randomUUID } from 'node:crypto';
import { accessKeyMacInput, mintAccessKey } from '../../src/secrets/access-key';
import { PRESETS, type Scope } from '../../src/secrets/scopes';
import { tokenContext } from '../../src/services/seal-contexts';
import type { Config } from '../../src/types/config';
import { call, makeRoots, startBroker, type Answer, type TestBroker } from '../support/broker';
import { createTestDatabase, type TestDatabase } from '../support/database';

/** Two brokers on one database, with rows put there by SQL: what the serving tests start from. */
export interface Stage {
  database: TestDatabase;
  brokers: [TestBroker, TestBroker];
  organizationId: string;
  /** One more, for whoever starts it to close. */
  another(config?: Partial<Config>): Promise<TestBroker>;
  close(): Promise<void>;
}

/** `reach`: the way by which the brokers get to the database, where it is not the straight one. */
export async function setStage(
  reach: (url: string) => Promise<string> = (url) => Promise.resolve(url),
): Promise<Stage> {
  const database = await createTestDatabase();
  const roots = await makeRoots(database);
  const url = await reach(database.url);
  const another = (config: Partial<Config> = {}): Promise<TestBroker> =>
    startBroker({ ...database, url }, { roots, config });
  const brokers: [TestBroker, TestBroker] = [await another(), await another()];
  const organizationId = await one<string>(database, `select id as value from organizations where name = 'default'`);
  await database.query(
    `insert into services (name, display_name, oauth_type, oauth_token_url) values ('crm', 'CRM', 'oauth2', 'https://crm.example/token')`,
  );
  return {
    database,
    brokers,
    organizationId,
    another,
    close: async () => {
      await Promise.all(brokers.map((broker) => broker.close()));
      await database.drop();
    },
  };
}

/** The single value of a statement that returns one row with the column "value". */
export async function one<T>(database: TestDatabase, text: string, values: unknown[] = []): Promise<T> {
  const { rows } = await database.query<{ value: T }>(text, values);
  if (rows.length !== 1) throw new Error(`expected one row, got ${rows.length}`);
  return rows[0]?.value as T;
}

export interface KeyOptions {
  scopes?: readonly Scope[];
  clientIds?: string[] | null;
  services?: string[] | null;
  expiresAt?: Date | null;
}

export async function storeKey(
  { database, brokers, organizationId }: Stage,
  options: KeyOptions = {},
): Promise<{ id: string; key: string }> {
  const { scopes = PRESETS.operator, clientIds = null, services = null, expiresAt = null } = options;
  const minted = mintAccessKey('live', randomBytes);
  const facts = { ...minted, organizationId, scopes, clientIds, services, limits: {}, expiresAt, revokedAt: null };
  const { mac, keyVersion } = brokers[0].broker.vault.mac('pepper', [accessKeyMacInput(facts)]);
  await database.query(
    `insert into access_keys (id, organization_id, name, environment, scopes, client_ids, services, hint, secret_hash, row_mac, pepper_version, expires_at)
     values ($1, $2, 'test', 'live', $3, $4, $5, '', $6, $7, $8, $9)`,
    [minted.id, organizationId, scopes, clientIds, services, minted.secretHash, mac, keyVersion, expiresAt],
  );
  return { id: minted.id, key: minted.text };
}

export async function storeClient({ database, organizationId }: Stage, clientId: string): Promise<void> {
  await database.query(`insert into clients (organization_id, client_id, name) values ($1, $2, $2)`, [
    organizationId,
    clientId,
  ]);
}

/** A client with a connection to `crm` whose token lives for so many seconds; returns the connection's id. */
export async function storeConnection(
  stage: Stage,
  clientId: string,
  token: string,
  lifeSeconds = 3_600,
): Promise<string> {
  await storeClient(stage, clientId);
  const id = randomUUID();
  await stage.database.query(
    `insert into connections (id, organization_id, client_id, service, kind, generation) values ($1, $2, $3, 'crm', 'oauth2', 0)`,
    [id, stage.organizationId, clientId],
  );
  await storeTokens(stage, { id, clientId }, token, lifeSeconds);
  return id;
}

/** The next generation of a connection's tokens, as a refresher would write it. */
export async function storeTokens(
  stage: Stage,
  { id, clientId }: { id: string; clientId: string },
  token: string,
  lifeSeconds = 3_600,
): Promise<void> {
  const { database, organizationId, brokers } = stage;
  const generation = await one<number>(database, 'select generation + 1 as value from connections where id = $1', [id]);
  const context = tokenContext(
    { id, organizationId, clientId, service: 'crm', tenant: null },
    'access_token',
    generation,
  );
  const { record, keyVersion } = brokers[0].broker.vault.seal('access', context, token);
  await database.query(
    `with tokens as (
       insert into token_sets (organization_id, connection_id, generation, kind, access_sealed, access_key_version, expires_at, lifetime_seconds)
       values ($1, $2, $3, 'current', $4, $5, otobot_now() + make_interval(secs => $6), $6))
     update connections set generation = $3 where id = $2`,
    [organizationId, id, generation, record, keyVersion, lifeSeconds],
  );
}

export function read(broker: TestBroker, key: string | undefined, clientId: string, query = ''): Promise<Answer> {
  return call(`${broker.url}/v1/credentials/${clientId}/crm${query}`, key === undefined ? {} : { key });
}

export function released({ database }: Stage): Promise<number> {
  return one<number>(
    database,
    `select count(*)::int as value from audit where action = 'credential.read' and code = 'released'`,
  );
}
