import type { Tx } from '../../db/database';
import {
  listMovedApps,
  listMovedConnections,
  writeResealed,
  type MovedConnection,
  type Resealed,
  type Stretch,
} from '../../repositories/service-moves';
import { findService, lockService } from '../../repositories/services';
import type { Vault } from '../../vault/vault';
import { resealSent, type MovableEndpoints, type Sent } from '../moved-service';
import { appContext, endpointsAt, secretAudience, tokenContext, type SecretEndpoints } from '../seal-contexts';

export type Stage = 'apps' | 'tokens';

/** What became of a stretch of an organization's rows. */
export interface StretchDone {
  /** Secrets. */
  looked: number;
  resealed: number;
  /** They open neither here nor where the service was: left as they are. */
  unopened: number;
  /** Where the next stretch begins; null: there is none. */
  after: string | null;
}

/** Seals what was sealed for the service's former endpoints for those it has now, generation by generation as it is. */
export async function resealStretch(tx: Tx, vault: Vault, stage: Stage, stretch: Stretch): Promise<StretchDone> {
  // Nobody moves the service while this is done.
  await lockService(tx, stretch.service, 'shared');
  const service = await findService(tx, stretch.organizationId, stretch.service);
  if (service === null) return { looked: 0, resealed: 0, unopened: 0, after: null };
  return stage === 'apps' ? resealApps(tx, vault, service, stretch) : resealTokens(tx, vault, service, stretch);
}

async function resealApps(tx: Tx, vault: Vault, endpoints: MovableEndpoints, stretch: Stretch): Promise<StretchDone> {
  const apps = await listMovedApps(tx, stretch);
  const results = apps.map((app) => {
    const { id, secretsSealed: record, secretsKeyVersion: keyVersion } = app;
    return {
      id,
      record,
      result: resealSent(vault, { endpoints, owner: app, record, keyVersion }, (at) => appContext(app, at)),
    };
  });
  const after = apps.length < stretch.limit ? null : (apps.at(-1)?.id ?? null);
  return written(tx, 'apps', results, after);
}

async function resealTokens(tx: Tx, vault: Vault, endpoints: MovableEndpoints, stretch: Stretch): Promise<StretchDone> {
  const connections = await listMovedConnections(tx, stretch);
  const results = connections.flatMap((connection) => resealSets(vault, endpoints, connection));
  const after = connections.length < stretch.limit ? null : (connections.at(-1)?.id ?? null);
  return written(tx, 'tokens', results, after);
}

function resealSets(vault: Vault, endpoints: MovableEndpoints, connection: MovedConnection): Tried[] {
  return connection.sets.map(({ id, tenant, generation, sealed, keyVersion }) => {
    const record = Buffer.from(sealed, 'hex');
    const sent: Sent = { endpoints, owner: connection, record, keyVersion };
    // Of a tenant whose host is none of the service's any more: nobody may send it anywhere.
    const isOver = secretAudience(endpointsAt(endpoints, tenant)) === null;
    const contextAt = (at: SecretEndpoints) => tokenContext({ ...connection, tenant }, 'refresh_token', generation, at);
    return { id, record, result: isOver ? null : resealSent(vault, sent, contextAt) };
  });
}

interface Tried {
  id: string;
  record: Buffer;
  result: ReturnType<typeof resealSent>;
}

async function written(tx: Tx, stage: Stage, tried: readonly Tried[], after: string | null): Promise<StretchDone> {
  const resealed = tried.flatMap(({ id, record: before, result }): Resealed[] =>
    result === null || result === 'fresh' ? [] : [{ id, before, ...result }],
  );
  const unopened = tried.filter(({ result }) => result === null).length;
  const count = resealed.length === 0 ? 0 : await writeResealed(tx, stage, resealed);
  return { looked: tried.length, resealed: count, unopened, after };
}
