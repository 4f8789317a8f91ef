import { setScene as setHttpScene, type Scene as HttpScene } from '../http/scene';
import { until } from '../support/until';
import { startReceiver, type Received, type Receiver } from './receiver';

/** A broker, a worker, a client with a service that takes API keys, and an endpoint that listens. */
export interface Scene extends HttpScene {
  receiver: Receiver;
  /** Makes a webhook for the receiver. */
  listen(more?: Record<string, unknown>, key?: string): Promise<{ id: string; secret: string }>;
  /** Imports a key, of which `connection.connected` tells. */
  connect(clientId?: string, service?: string): Promise<string>;
  /** Waits for so many requests in all. */
  came(count: number): Promise<Received[]>;
  /** The whole database goes on by so much, as `2 hours`; from the true time, not added up. */
  travel(by: string): Promise<void>;
  must(request: string, body?: unknown, key?: string): Promise<Record<string, unknown>>;
}

export async function setScene(): Promise<Scene> {
  const scene = await setHttpScene();
  const receiver = await startReceiver();
  const must: Scene['must'] = async (request, body, key) => {
    const { status, text, json } = await scene.ask(request, { body, ...(key === undefined ? {} : { key }) });
    if (status >= 300) throw new Error(`${request}: ${status} ${text}`);
    return json;
  };
  for (const clientId of ['acme', 'beta']) await must('POST /v1/clients', { clientId, name: clientId });
  for (const name of ['mail', 'crm']) await must('POST /v1/services', { name, oauthType: 'api_key' });
  return {
    ...scene,
    ...{ receiver, must },
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
    async travel(by) {
      const name = new URL(scene.database.url).pathname.slice(1);
      await scene.database.query(`alter database "${name}" set otobot.clock_offset = '${by}'`);
      // Sessions keep the setting that they began with.
      await scene.database.query(
        `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
      );
    },
    async close() {
      await scene.close();
      await receiver.close();
    },
  };
}
