// A real broker for the nodes. Its files are named, not imported: they are type-checked under `exactOptionalPropertyTypes`,
// which what n8n declares does not stand.

interface Answer {
  status: number;
  json: Record<string, unknown>;
}

/** As far as these tests need it; see broker/test/http/scene. */
export interface Scene {
  broker: { url: string };
  database: { query(text: string): Promise<unknown> };
  ask(request: string, options?: { key?: string; body?: unknown }): Promise<Answer>;
  mint(key: { preset?: 'n8n'; scopes?: string[] }): Promise<{ id: string; key: string }>;
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** See broker/test/support/provider. */
export interface Provider {
  url: string;
  tokenUrl: string;
  clientId: string;
  clientSecrets: readonly string[];
  issue(): { accessToken: string; refreshToken: string };
  close(): Promise<void>;
}

interface Parts {
  /** Polls until `probe` gives something true. */
  until<T>(what: string, probe: () => T | Promise<T>): Promise<NonNullable<T>>;
  setScene(): Promise<Scene>;
  prepareService(scene: Scene, tokenUrl: string, app: Pick<Provider, 'clientId' | 'clientSecrets'>): Promise<void>;
  startProvider(): Promise<Provider>;
}

const inBroker = (path: string): Parts => jest.requireActual<Parts>(`../../broker/test/${path}`);

export const { until } = inBroker('support/until');

/** A broker that refreshes, with the client `acme` and the service `crm` at a provider on loopback. */
export async function setRealBroker(): Promise<{ scene: Scene; provider: Provider }> {
  const { setScene, prepareService } = inBroker('http/scene');
  const [scene, provider] = await Promise.all([setScene(), inBroker('support/provider').startProvider()]);
  await prepareService(scene, provider.tokenUrl, provider);
  await scene.refresh();
  return { scene, provider };
}
