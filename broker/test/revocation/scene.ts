import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setScene as setHttpScene, type Scene as HttpScene } from '../http/scene';
import { createOutbound } from '../../src/outbound/outbound';
import { startRefresher, type Refresher } from '../../src/worker/refresher';
import { silent } from '../support/broker';
import { startProvider, type Issued, type Provider } from '../support/provider';
import { until } from '../support/until';

/** A broker, an OAuth provider that revokes, and two services of it: `crm`, and `plain`, which has no revocation URL. */
export interface Scene extends HttpScene {
  provider: Provider;
  /** Starts a worker; `rest` stops it. */
  work(): Promise<void>;
  rest(): Promise<void>;
  /** A connection of `acme` with tokens that the provider knows. */
  connect(name: string, more?: ConnectOptions): Promise<Connected>;
  remove(id: string): Promise<Record<string, unknown>>;
  /** Rows that wait for a worker. */
  waiting(): Promise<Record<string, unknown>[]>;
  /** Until all of them are gone. */
  settled(): Promise<void>;
  eventsOf(connectionId: string): Promise<{ type: string; data: Record<string, unknown> }[]>;
}

export interface ConnectOptions {
  clientId?: string;
  service?: string;
  /** null: not known. */
  account?: string | null;
  /** Of another consent than a new one. */
  issued?: Issued;
  /** Leaves the refresh token out. */
  accessOnly?: boolean;
  key?: string;
}

export interface Connected {
  id: string;
  issued: Issued;
}

export async function setScene(): Promise<Scene> {
  const scene = await setHttpScene();
  const provider = await startProvider();
  const { ask, database } = scene;
  for (const clientId of ['acme', 'beta']) await must(ask('POST /v1/clients', { body: { clientId, name: clientId } }));
  const { clientId, clientSecrets, tokenUrl, revocationUrl } = provider;
  for (const service of [{ name: 'crm', revocationUrl }, { name: 'plain' }]) {
    await must(ask('POST /v1/services', { body: { tokenUrl, ...service } }));
    await must(ask(`PUT /v1/services/${service.name}/app`, { body: { clientId, clientSecrets } }));
  }
  const workers: Refresher[] = [];
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-worker-'));
  const outbound = createOutbound({ allowPrivate: 'loopback', privateHosts: [] });
  const rest: Scene['rest'] = async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  };
  const waiting: Scene['waiting'] = async () => (await database.query('select * from revocations')).rows;
  return {
    ...scene,
    ...{ provider, waiting, rest },
    async work() {
      const { url: databaseUrl } = database;
      workers.push(await startRefresher({ databaseUrl, dataDir, roots: scene.roots, outbound, log: silent }));
    },
    settled: async () => {
      await until('nothing waits to be revoked', async () => (await waiting()).length === 0);
    },
    async connect(name, { clientId: owner = 'acme', service = 'crm', account = null, key, ...more } = {}) {
      const issued = more.issued ?? provider.issue();
      const { accessToken, refreshToken } = issued;
      const tokens = more.accessOnly === true ? { accessToken } : { accessToken, refreshToken };
      const body = { clientId: owner, service, name, ...tokens };
      const { id } = await must(ask('POST /v1/connections', { body, ...(key === undefined ? {} : { key }) }));
      await database.query('update connections set account_id = $2 where id = $1', [id, account]);
      return { id: String(id), issued };
    },
    remove: (id) => must(ask(`DELETE /v1/connections/${id}`)),
    async eventsOf(connectionId) {
      const { rows } = await database.query<{ type: string; data: Record<string, unknown> }>(
        `select type, data from outbox where connection_id = $1 and type <> 'connection.connected' order by id`,
        [connectionId],
      );
      return rows;
    },
    async close() {
      await rest();
      outbound.close();
      fs.rmSync(dataDir, { recursive: true });
      await scene.close();
      await provider.close();
    },
  };
}

export async function must(
  asked: Promise<{ status: number; json: Record<string, unknown> }>,
): Promise<Record<string, unknown>> {
  const { status, json } = await asked;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(json)}`);
  return json;
}
