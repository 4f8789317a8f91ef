import { setScene as setRevocationScene, must, type Scene as RevocationScene } from '../revocation/scene';
import { until } from '../support/until';
import { startFaultyN8n, type FaultyN8n, type Kept } from './faulty-n8n';

/** A broker, an OAuth provider, workers, and an n8n that can be told to fail. */
export interface Scene extends RevocationScene {
  n8n: FaultyN8n;
  /** The id of that n8n, as the broker has it. */
  instance: string;
  addInstance(n8n: FaultyN8n, name: string): Promise<string>;
  /** A connection of a client with a live token, kept in the n8n. Gives the ids of both. */
  keep(name: string, more?: { clientId?: string; instance?: string; type?: string }): Promise<KeptConnection>;
  statusOf(id: string, instance?: string): Promise<Record<string, unknown> | undefined>;
  /** Until it has that status at the broker. */
  settledAs(id: string, status: string, instance?: string): Promise<Record<string, unknown>>;
  /** What stands in n8n for that credential of ours. */
  there(id: string, n8n?: FaultyN8n): Kept[];
}

export interface KeptConnection {
  id: string;
  connectionId: string;
  accessToken: string;
}

export async function setScene(): Promise<Scene> {
  const scene = await setRevocationScene();
  const n8n = await startFaultyN8n();
  const others: FaultyN8n[] = [];
  const addInstance: Scene['addInstance'] = async (which, name) => {
    const { url, apiKey } = which;
    if (which !== n8n) others.push(which);
    return String((await must(scene.ask('POST /v1/n8n-instances', { body: { name, url, apiKey } }))).id);
  };
  const instance = await addInstance(n8n, 'main');
  const statusOf: Scene['statusOf'] = async (id, at = instance) => {
    const { items } = await must(scene.ask(`GET /v1/n8n-instances/${at}/credentials?limit=500`));
    return (items as Record<string, unknown>[]).find((item) => item.id === id);
  };
  return {
    ...scene,
    ...{ n8n, instance, addInstance, statusOf },
    async keep(name, { clientId = 'acme', instance: at = instance, type = 'crmOAuth2Api' } = {}) {
      const { id: connectionId, issued } = await scene.connect(name, { clientId });
      const body = { clientId, service: 'crm', name, type };
      const { id } = await must(scene.ask(`POST /v1/n8n-instances/${at}/credentials`, { body }));
      return { id: String(id), connectionId, accessToken: issued.accessToken };
    },
    settledAs: (id, status, at) =>
      until(`credential ${id} is ${status}`, async () => {
        const found = await statusOf(id, at);
        return found?.status === status ? found : null;
      }),
    there: (id, where = n8n) =>
      [...where.kept.values()].filter(({ name }) => name.includes(id.replaceAll('-', '').slice(0, 16))),
    async close() {
      await scene.close();
      for (const server of [n8n, ...others]) await server.close();
    },
  };
}
