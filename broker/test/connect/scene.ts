import { Writable } from 'node:stream';
import { connectSession } from '../../src/db/database';
import { createLogger } from '../../src/log/logger';
import { operatorCaller } from '../../src/services/access/operator';
import type { NewKey } from '../../src/services/access-keys/grant';
import type { Config } from '../../src/types/config';
import type { Roots } from '../../src/vault/roots';
import { call, makeRoots, startBroker, type Answer, type TestBroker } from '../support/broker';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { startProvider, type Provider } from '../support/provider';
import { until } from '../support/until';
import { openBrowser, type Browser } from './browser';
import { startDesk, type Desk } from './desk';

/** A broker with an OAuth provider, its API, an organization, and people with browsers. */
export interface Scene {
  database: TestDatabase;
  broker: TestBroker;
  provider: Provider;
  desk: Desk;
  /** For more processes on the same database. */
  roots: Roots;
  key: string;
  /** Of organization `other`. */
  otherKey: string;
  /** Everything that was logged, at the level debug. */
  logged(): string;
  ask(request: string, options?: { key?: string; body?: unknown }): Promise<Answer>;
  mint(key?: Partial<NewKey>, organization?: string): Promise<{ id: string; key: string }>;
  browser(): Browser;
  /** A new client and a link for him; `crm` unless told. */
  invite(link?: Record<string, unknown>): Promise<Invited>;
  /** Runs work with every writer of a table held until so many wait, for him or for each other: so they meet. */
  together<T>(table: string, writers: number, work: () => Promise<T>): Promise<T>;
  /** Another broker on the same database. */
  another(config: Partial<Config>): Promise<TestBroker>;
  close(): Promise<void>;
}

export interface Invited {
  clientId: string;
  id: string;
  url: string;
  /** Of the page, on whatever host. */
  path: string;
  token: string;
}

export const PUBLIC_URL = 'http://127.0.0.1';

/** `service`: more of the service `crm`. */
export async function setScene({ service = {} }: { service?: Record<string, unknown> } = {}): Promise<Scene> {
  const database = await createTestDatabase();
  const roots = await makeRoots(database);
  const [provider, desk] = await Promise.all([startProvider(), startDesk()]);
  const lines: string[] = [];
  const log = createLogger(
    'debug',
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(chunk.toString());
        done();
      },
    }),
  );
  // Browsers tell their address as if through a proxy, so that each has a rate limit of its own.
  const shared: Partial<Config> = {
    publicUrl: PUBLIC_URL,
    trustProxy: 1,
    outbound: { allowPrivate: 'loopback', privateHosts: [] },
  };
  const broker = await startBroker(database, { roots, log, config: shared });
  const brokers = [broker];
  await database.query(`insert into organizations (name, display_name) values ('other', 'Other')`);

  const mint: Scene['mint'] = (key = {}, organization = 'default') => {
    const preset = key.scopes === undefined && key.preset === undefined ? { preset: 'operator' as const } : {};
    return broker.broker.accessKeys.create(operatorCaller(organization), { name: 'test', ...preset, ...key });
  };
  const [{ key }, { key: otherKey }] = [await mint(), await mint({}, 'other')];
  const ask: Scene['ask'] = (request, { key: withKey = key, body } = {}) => {
    const [method = '', path = ''] = request.split(' ');
    return call(broker.url + path, { method, key: withKey, ...(body === undefined ? {} : { body }) });
  };
  await makeService(ask, provider, service);

  let invited = 0;
  return {
    ...{ database, broker, provider, desk, roots, key, otherKey, ask, mint },
    logged: () => lines.join(''),
    browser: () => openBrowser(broker.url),
    async invite(link = {}) {
      const clientId = `client-${(invited += 1)}`;
      await must(ask('POST /v1/clients', { body: { clientId, name: `Client ${invited}` } }));
      return linkFor(ask, { clientId, service: 'crm', ...link });
    },
    together: (table, writers, work) => together(database, table, writers, work),
    async another(config) {
      const one = await startBroker(database, { roots, log, config: { ...shared, ...config } });
      brokers.push(one);
      return one;
    },
    async close() {
      await Promise.all(brokers.map((one) => one.close()));
      await Promise.all([provider.close(), desk.close()]);
      await database.drop();
    },
  };
}

async function makeService(ask: Scene['ask'], provider: Provider, more: Record<string, unknown>): Promise<void> {
  const body = {
    name: 'crm',
    displayName: 'CRM',
    oauthType: 'oauth2',
    authorizationUrl: `${provider.url}/authorize`,
    tokenUrl: provider.tokenUrl,
    scopes: 'read write',
    ...more,
  };
  await must(ask('POST /v1/services', { body }));
  const { clientId, clientSecrets } = provider;
  await must(ask('PUT /v1/services/crm/app', { body: { clientId, clientSecrets } }));
}

async function together<T>(database: TestDatabase, table: string, writers: number, work: () => Promise<T>): Promise<T> {
  const holder = await connectSession(database.url, null);
  try {
    await holder.query(`begin; lock table ${table} in share mode`);
    const working = work();
    await until(`${writers} writers wait`, async () => {
      const { rowCount } = await database.query(
        'select from pg_locks join pg_database d on d.oid = database where d.datname = current_database() and not granted',
      );
      return (rowCount ?? 0) >= writers;
    });
    await holder.query('commit');
    return await working;
  } finally {
    await holder.end();
  }
}

/** A link for a client that is there. */
export async function linkFor(
  ask: Scene['ask'],
  body: Record<string, unknown> & { clientId: string },
): Promise<Invited> {
  const { id, url } = await must(ask('POST /v1/connect-links', { body }));
  const { pathname } = new URL(String(url));
  const token = pathname.split('/').at(-1) ?? '';
  return { clientId: body.clientId, id: String(id), url: String(url), path: pathname, token };
}

export async function must(answer: Promise<Answer>): Promise<Record<string, unknown>> {
  const { status, text, json } = await answer;
  if (status >= 300) throw new Error(`${status}: ${text}`);
  return json;
}
