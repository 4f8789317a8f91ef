import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { operatorCaller } from '../../src/services/access/operator';
import type { NewKey } from '../../src/services/access-keys/grant';
import { createOutbound } from '../../src/outbound/outbound';
import type { Roots } from '../../src/vault/roots';
import { startRefresher } from '../../src/worker/refresher';
import { call, makeRoots, silent, startBroker, type Answer, type TestBroker } from '../support/broker';
import { createTestDatabase, type TestDatabase } from '../support/database';

/** A broker with two organizations and an operator's key for each; requests go over HTTP. */
export interface Scene {
  database: TestDatabase;
  roots: Roots;
  masterHex: string;
  broker: TestBroker;
  /** Of `default`, whose keys write the shared catalogue. */
  key: string;
  /** Of `other`. */
  otherKey: string;
  ask(request: string, options?: { key?: string; body?: unknown; headers?: Record<string, string> }): Promise<Answer>;
  mint(key?: Partial<NewKey>, organization?: string): Promise<{ id: string; key: string }>;
  /** Starts a worker, which close() stops. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export async function setScene(): Promise<Scene> {
  const database = await createTestDatabase();
  const master = randomBytes(32);
  const roots = await makeRoots(database, master);
  const broker = await startBroker(database, {
    roots,
    config: { outbound: { allowPrivate: 'loopback', privateHosts: [] } },
  });
  await database.query(`insert into organizations (name, display_name) values ('other', 'Other')`);
  const ending: (() => Promise<void>)[] = [];

  const mint: Scene['mint'] = (key = {}, organization = 'default') => {
    const whole = { name: 'test', ...(key.scopes === undefined ? { preset: 'operator' as const } : {}), ...key };
    return broker.broker.accessKeys.create(operatorCaller(organization), whole);
  };
  const { key } = await mint();
  const { key: otherKey } = await mint({}, 'other');

  return {
    masterHex: master.toString('hex'),
    ...{ database, roots, broker, key, otherKey, mint },
    ask: (request, { key: withKey = key, ...options } = {}) => {
      const [method = '', path = ''] = request.split(' ');
      return call(broker.url + path, { method, key: withKey, ...options });
    },
    async refresh() {
      const outbound = createOutbound({ allowPrivate: 'loopback', privateHosts: [] });
      const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-worker-'));
      const refresher = await startRefresher({
        databaseUrl: database.url,
        dataDir,
        roots,
        outbound,
        log: silent,
        publicUrl: 'http://127.0.0.1',
        limits: { idleMs: 50 },
      });
      ending.push(async () => {
        await refresher.stop();
        outbound.close();
        fs.rmSync(dataDir, { recursive: true });
      });
    },
    async close() {
      await Promise.all(ending.map((end) => end()));
      await broker.close();
      await database.drop();
    },
  };
}

/** What every test of connections starts from: a client, a service at this token URL, and its app. */
export async function prepareService(
  { ask }: Scene,
  tokenUrl: string,
  { clientId, clientSecrets }: { clientId: string; clientSecrets: readonly string[] },
): Promise<void> {
  await ask('POST /v1/clients', { body: { clientId: 'acme', name: 'Acme' } });
  await ask('POST /v1/services', {
    body: { name: 'crm', displayName: 'CRM', oauthType: 'oauth2', tokenUrl, scopes: 'read write' },
  });
  await ask('PUT /v1/services/crm/app', { body: { clientId, clientSecrets } });
}
