import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { connectDatabase } from '../../src/db/database';
import { createOutbound, type Outbound } from '../../src/outbound/outbound';
import type { OutboundOptions } from '../../src/outbound/policy';
import { openVault } from '../../src/services/encryption-keys';
import { tellExpiring } from '../../src/services/expiring/tell-expiring';
import { DELIVERY_LIMITS, deliverDue, type DeliveryParts } from '../../src/services/webhooks/deliver-due';
import { dispatchDue } from '../../src/services/webhooks/dispatch';
import { setScene as setHttpScene, type Scene as HttpScene } from '../http/scene';
import { startWorkerProcess, type WorkerProcess } from '../refresh/worker-processes';
import { silent } from '../support/broker';
import { until } from '../support/until';
import { startReceiver, type Received, type Receiver } from './receiver';

/** A broker, two clients with services that take API keys, and an endpoint that listens. */
export interface Scene extends HttpScene {
  receiver: Receiver;
  /** Another one, which close() closes. */
  another(): Promise<Receiver>;
  /** Makes a webhook for the receiver. */
  listen(more?: Record<string, unknown>, key?: string): Promise<{ id: string; secret: string }>;
  /** Imports a key, of which `connection.connected` tells. */
  connect(clientId?: string, service?: string): Promise<string>;
  /** Waits for so many requests in all. */
  came(count: number): Promise<Received[]>;
  /** The first delivery of a webhook, once it is so. */
  delivery(webhookId: string, so: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** The whole database goes on by so much, as `2 hours`; from the true time, not added up. */
  travel(by: string): Promise<void>;
  must(request: string, body?: unknown, key?: string): Promise<Record<string, unknown>>;
  /** One turn of a worker's chores, by the test itself. */
  deliver(options?: Turn): Promise<void>;
  workerProcess(): Promise<WorkerProcess>;
  /** Nothing is left of earlier tests, and it is now. */
  clear(): Promise<void>;
}

export interface Turn extends Partial<Pick<DeliveryParts, 'timeoutMs' | 'limits'>> {
  /** The way to the database. */
  url?: string;
  policy?: OutboundOptions;
  /** Ends that come near are told first. */
  expiring?: boolean;
}

const LOOPBACK: OutboundOptions = { allowPrivate: 'loopback', privateHosts: [] };

export async function setScene(): Promise<Scene> {
  const scene = await setHttpScene();
  const { database } = scene;
  const receivers: Receiver[] = [];
  const another = async (): Promise<Receiver> => {
    const started = await startReceiver();
    receivers.push(started);
    return started;
  };
  const receiver = await another();
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-hooks-'));
  const must: Scene['must'] = async (request, body, key) => {
    const { status, text, json } = await scene.ask(request, { body, ...(key === undefined ? {} : { key }) });
    if (status >= 300) throw new Error(`${request}: ${status} ${text}`);
    return json;
  };
  for (const clientId of ['acme', 'beta']) await must('POST /v1/clients', { clientId, name: clientId });
  for (const name of ['mail', 'crm']) await must('POST /v1/services', { name, oauthType: 'api_key' });
  const travel: Scene['travel'] = async (by) => {
    const name = new URL(database.url).pathname.slice(1);
    await database.query(`alter database "${name}" set otobot.clock_offset = '${by}'`);
    // Sessions keep the setting that they began with.
    await database.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    // The broker's pools learn of it with their next statement.
    await until('the broker is back', async () => (await scene.ask('GET /v1/webhooks')).status === 200);
  };
  const deliveriesOf = async (id: string): Promise<Record<string, unknown>[]> =>
    (await must(`GET /v1/webhooks/${id}/deliveries`)).items as Record<string, unknown>[];
  return {
    ...scene,
    ...{ receiver, another, must, travel },
    async listen(more = {}, key) {
      const { id, secret } = await must('POST /v1/webhooks', { url: receiver.url, ...more }, key);
      return { id: String(id), secret: String(secret) };
    },
    async connect(clientId = 'acme', service = 'mail') {
      const { id } = await must('POST /v1/connections', { clientId, service, apiKey: 'canary-of-a-key' });
      return String(id);
    },
    async came(count) {
      await until(`${count} requests came`, () => receiver.received.length >= count);
      return receiver.received;
    },
    delivery: (webhookId, so) =>
      until(`a delivery is ${JSON.stringify(so)}`, async () => {
        const [newest] = await deliveriesOf(webhookId);
        const isSo = Object.entries(so).every(([member, value]) => newest?.[member] === value);
        return isSo ? newest : null;
      }),
    deliver: (options = {}) => oneTurn(scene, options),
    workerProcess: () => startWorkerProcess({ db: database, masterHex: scene.masterHex, dataDir }),
    async clear() {
      await database.query(`delete from webhooks; delete from connections; delete from outbox`);
      receiver.received.length = 0;
      receiver.answer((_received, response) => response.writeHead(204).end());
    },
    async close() {
      await scene.close();
      await Promise.all(receivers.map((each) => each.close()));
      fs.rmSync(dataDir, { recursive: true });
    },
  };
}

async function oneTurn(
  { database, roots, broker }: HttpScene,
  { url = database.url, policy = LOOPBACK, timeoutMs = 5_000, limits = DELIVERY_LIMITS, expiring }: Turn,
): Promise<void> {
  const worker = connectDatabase({ url, role: 'otobot_refresh', max: 4, log: silent });
  const outbound: Outbound = createOutbound(policy);
  try {
    const vault = await openVault(worker, roots);
    if (expiring === true) await tellExpiring(worker, vault);
    await dispatchDue(worker);
    const parts: DeliveryParts = {
      ...{ database: worker, vault, agents: outbound.agents, timeoutMs, limits, publicUrl: 'http://127.0.0.1' },
      ...{ audit: broker.broker.audit, random: () => 0, now: () => new Date(), log: silent },
    };
    await deliverDue(parts, new AbortController().signal);
  } finally {
    outbound.close();
    await worker.close();
  }
}
