import type { Database } from '../../db/database';
import { Problem } from '../../errors/problem';
import { findConnection, type Connection } from '../../repositories/connections';
import { listRefreshAttempts } from '../../repositories/refresh-history';
import { reauthRequired } from '../credentials/checks';
import type { RefreshWaiter } from '../refresh-wait';
import { connectionViewOf, foundConnection, type ConnectionView } from './view';

/** `alive`: its token is only asked after, and still works. `pending`: nothing came of it yet; it is tried on. */
export type RefreshOutcome = 'refreshed' | 'alive' | 'failed' | 'pending';

export interface RefreshedConnection extends ConnectionView {
  refreshOutcome: RefreshOutcome;
}

const PATIENCE_MS = 5_000;

/** Asks the workers to refresh a connection, waits up to 5 s, and tells what came of it. */
export async function refreshNow(
  { database, waiter }: { database: Database; waiter: RefreshWaiter },
  organizationId: string,
  connection: Connection,
): Promise<RefreshedConnection> {
  const { id: connectionId, version, generation } = connection;
  const waited = await waiter.wait({ organizationId, connectionId, version }, performance.now() + PATIENCE_MS);
  return database.asTenant(organizationId, async (tx) => {
    const now = foundConnection(await findConnection(tx, organizationId, connectionId));
    const [latest] = await listRefreshAttempts(tx, organizationId, connectionId, { limit: 1, after: null });
    const isAlive = latest?.outcome === 'alive' && now.lastAttemptAt?.getTime() !== connection.lastAttemptAt?.getTime();
    const unrefreshed = isAlive ? 'alive' : waited === 'changed' ? 'failed' : 'pending';
    return { ...connectionViewOf(now), refreshOutcome: now.generation > generation ? 'refreshed' : unrefreshed };
  });
}

/** Throws the Problem that says why a refresh cannot be asked for, and what to do. */
export function refreshableOrThrow(organizationId: string, connection: Connection): void {
  const { id, status, statusReason, renewable, service } = connection;
  if (status === 'disabled')
    throw new Problem('conflict', `The connection is disabled. Enable it with POST /v1/connections/${id}/enable.`);
  if (status === 'reauth_required') throw reauthRequired({ organizationId, ...connection }, statusReason ?? 'revoked');
  if (renewable) return;
  const why =
    connection.nextRefreshAt === null
      ? 'it has no refresh token. Import one with POST /v1/connections'
      : `service "${service}" has no app. Give it one with PUT /v1/services/${service}/app`;
  throw new Problem('invalid_value', `The connection cannot be refreshed: ${why}.`);
}
