import { must, setScene as setRevocationScene, type Scene as RevocationScene } from '../revocation/scene';
import { until } from '../support/until';

/** Service `crm` of the catalogue, used by two organizations, and a second place at which the same provider is reached. */
export interface Scene extends RevocationScene {
  elsewhere: { tokenUrl: string; revocationUrl: string };
  move(to: object, options?: { key?: string }): Promise<Record<string, unknown>>;
  /** Makes it due and waits until it has another generation. */
  refreshed(id: string): Promise<void>;
  /** What is sealed, as of now, by id; and puts it back, as if it had never been sealed anew. */
  sealed(): Promise<() => Promise<void>>;
}

export async function setScene(): Promise<Scene> {
  const scene = await setRevocationScene();
  const { ask, database, otherKey, provider } = scene;
  const elsewhere = {
    tokenUrl: provider.tokenUrl.replace('127.0.0.1', 'localhost'),
    revocationUrl: provider.revocationUrl.replace('127.0.0.1', 'localhost'),
  };
  const { clientId, clientSecrets } = provider;
  await must(ask('POST /v1/clients', { key: otherKey, body: { clientId: 'acme', name: 'Acme' } }));
  await must(ask('PUT /v1/services/crm/app', { key: otherKey, body: { clientId, clientSecrets } }));
  const generationOf = async (id: string): Promise<number> =>
    (await database.query<{ generation: number }>('select generation from connections where id = $1', [id])).rows[0]
      ?.generation ?? 0;
  return {
    ...scene,
    elsewhere,
    move: (body, options = {}) => must(ask('POST /v1/services/crm/move', { body, ...options })),
    async refreshed(id) {
      const before = await generationOf(id);
      await database.query('update connections set next_refresh_at = otobot_now() where id = $1', [id]);
      await until('it is refreshed', async () => (await generationOf(id)) > before);
    },
    async sealed() {
      const apps = await database.query<{ id: string; sealed: Buffer }>(
        'select id, client_secrets_sealed as sealed from apps',
      );
      const sets = await database.query<{ id: string; sealed: Buffer }>(
        'select id, refresh_sealed as sealed from token_sets',
      );
      return async () => {
        for (const { id, sealed } of apps.rows)
          await database.query('update apps set client_secrets_sealed = $2 where id = $1', [id, sealed]);
        for (const { id, sealed } of sets.rows)
          await database.query('update token_sets set refresh_sealed = $2 where id = $1', [id, sealed]);
      };
    },
  };
}
