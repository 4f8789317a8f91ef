import { Problem } from '../../errors/problem';
import type { Connection, RefreshAttempt } from '../../repositories/connections';

/** A connection as it is shown: never a secret, and nothing sealed. */
export interface ConnectionView extends Omit<Connection, 'clientId' | 'version' | 'accountId' | 'accountLabel'> {
  /** `-`: the organization's own. */
  clientId: string;
  /** The earliest known end of the consent, which no refresh moves. */
  consentEndsAt: Date | null;
  account: { id: string; label: string | null } | null;
}

export interface ConnectionDetails extends ConnectionView {
  /** The latest attempts to refresh it, newest first. */
  history: RefreshAttempt[];
}

export function connectionViewOf({
  version: _version,
  accountId,
  accountLabel,
  ...connection
}: Connection): ConnectionView {
  const { clientId, refreshExpiresAt, idleExpiresAt, absoluteExpiresAt } = connection;
  return {
    ...connection,
    clientId: clientId ?? '-',
    consentEndsAt: earliest([refreshExpiresAt, idleExpiresAt, absoluteExpiresAt]),
    account: accountId === null ? null : { id: accountId, label: accountLabel },
  };
}

export function foundConnection(connection: Connection | null): Connection {
  if (connection === null)
    throw new Problem('not_found', 'There is no such connection. GET /v1/connections lists them.');
  return connection;
}

function earliest(moments: readonly (Date | null)[]): Date | null {
  const known = moments.filter((moment) => moment !== null);
  return known.length === 0 ? null : new Date(Math.min(...known.map((moment) => moment.getTime())));
}
