import { Problem } from '../../errors/problem';
import type { Connection } from '../../repositories/connections';
import type { RefreshAttempt } from '../../repositories/refresh-history';
import { consentEndAt, type ConsentEnd } from '../../types/consent-ends';

/** A connection as it is shown: never a secret, and nothing sealed. */
export interface ConnectionView extends Omit<Connection, 'clientId' | 'version' | 'accountId' | 'accountLabel'> {
  /** `-`: the organization's own. */
  clientId: string;
  /** Which end consentEndsAt is. */
  consentEnd: ConsentEnd | null;
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
  const { clientId, consentEndsAt } = connection;
  return {
    ...connection,
    clientId: clientId ?? '-',
    consentEnd: consentEndAt(consentEndsAt, connection),
    account: accountId === null ? null : { id: accountId, label: accountLabel },
  };
}

export function foundConnection(connection: Connection | null): Connection {
  if (connection === null)
    throw new Problem('not_found', 'There is no such connection. GET /v1/connections lists them.');
  return connection;
}
