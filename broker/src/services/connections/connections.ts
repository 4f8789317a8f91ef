import { z } from 'zod';
import { isUniqueViolation, type Database, type Tx } from '../../db/database';
import { Problem } from '../../errors/problem';
import { countReleases, type WorkflowUsage } from '../../repositories/audit-reading';
import {
  deleteConnection,
  disableConnection,
  enableConnection,
  findConnection,
  listConnections,
  type Connection,
  type ConnectionFilter,
} from '../../repositories/connections';
import { LIVE_KINDS } from '../../repositories/revocations';
import { listRefreshAttempts, type RefreshAttempt } from '../../repositories/refresh-history';
import type { Scope } from '../../secrets/scopes';
import type { Vault } from '../../vault/vault';
import type { Authorize } from '../access/authorize';
import type { Caller } from '../access/principal';
import { pageOf, positionOf, type Page, type PageRequest } from '../page';
import type { RefreshWaiter } from '../refresh-wait';
import { giveUpTokens, type Revocation } from '../revocations/give-up-tokens';
import { acceptHeld, rejectHeld } from './held';
import { importConnection, type ConnectionImport } from './import-connection';
import { refreshableOrThrow, refreshNow, type RefreshedConnection } from './refresh-now';
import { connectionViewOf, foundConnection, type ConnectionDetails, type ConnectionView } from './view';

export type ConnectionQuery = Omit<ConnectionFilter, 'onlyClients' | 'onlyServices'> & PageRequest;

export interface ConnectionUsage {
  /** Counted from this moment on. */
  since: Date;
  total: number;
  workflows: WorkflowUsage[];
}

export interface RemovedConnection {
  id: string;
  revocation: Revocation;
}

/** Clients' credentials, without their secrets: those leave by services/credentials alone. */
export interface Connections {
  list(caller: Caller, query: ConnectionQuery): Promise<Page<ConnectionView>>;
  read(caller: Caller, id: string): Promise<ConnectionDetails>;
  /** Every attempt to refresh it that is still kept, newest first. */
  history(caller: Caller, id: string, page: PageRequest): Promise<Page<RefreshAttempt>>;
  /** What the audit says about the last 30 days. */
  /** `since`: 30 days ago, where it is not given. */
  usage(caller: Caller, id: string, since?: Date): Promise<ConnectionUsage>;
  /** With `verify` it is refreshed at once, and the answer tells what came of it. */
  import(caller: Caller, request: ConnectionImport): Promise<ConnectionView | RefreshedConnection>;
  refresh(caller: Caller, id: string): Promise<RefreshedConnection>;
  disable(caller: Caller, id: string): Promise<ConnectionView>;
  enable(caller: Caller, id: string): Promise<ConnectionView>;
  /** The other account that the client signed in with is the right one now. */
  acceptHeld(caller: Caller, id: string): Promise<ConnectionView>;
  /** It was a mistake; its tokens are revoked as those of a deleted connection. */
  rejectHeld(caller: Caller, id: string): Promise<ConnectionView & { revocation: Revocation }>;
  /** With its tokens, which are revoked at the provider where nobody else lives on the same consent. */
  remove(caller: Caller, id: string): Promise<RemovedConnection>;
}

export interface ConnectionsParts {
  database: Database;
  authorize: Authorize;
  vault: Vault;
  waiter: RefreshWaiter;
}

const POSITION = z.uuid();
const LATEST = { limit: 20, after: null };
const ATTEMPT_POSITION = z.object({ startedAt: z.iso.datetime().transform((text) => new Date(text)), id: z.uuid() });

export function createConnections({ database, authorize, vault, waiter }: ConnectionsParts): Connections {
  const find = (organizationId: string, id: string): Promise<Connection> =>
    database.asTenant(organizationId, async (tx) => foundConnection(await findConnection(tx, organizationId, id)));

  /** An id does not say whose the connection is, and that decides whether a limited key may have to do with it. */
  const may = async (caller: Caller, action: string, scope: Scope, id: string): Promise<string> => {
    const { organizationId } = await authorize(caller, {
      action,
      scope,
      locate: async (who) => {
        const { clientId, service } = await find(who.organizationId, id);
        return { clientId, service, connectionId: id };
      },
    });
    return organizationId;
  };

  const changed = (
    organizationId: string,
    id: string,
    change: (tx: Tx, organizationId: string, id: string) => Promise<void>,
  ): Promise<ConnectionView> =>
    database.asTenant(organizationId, async (tx) => {
      await change(tx, organizationId, id);
      return connectionViewOf(foundConnection(await findConnection(tx, organizationId, id)));
    });

  return {
    async list(caller, { limit, cursor, ...asked }) {
      const { clientId, service } = asked;
      const who = await authorize(caller, { action: 'connection.list', scope: 'connections:read', clientId, service });
      const { organizationId, clientIds, services } = who;
      const filter = { ...asked, onlyClients: clientIds && [...clientIds], onlyServices: services && [...services] };
      const which = { limit: limit + 1, after: positionOf(cursor, POSITION), filter };
      const rows = await database.asTenant(organizationId, (tx) => listConnections(tx, organizationId, which));
      return pageOf(rows, limit, { position: ({ id }) => id, show: connectionViewOf });
    },

    async read(caller, id) {
      const organizationId = await may(caller, 'connection.read', 'connections:read', id);
      return database.asTenant(organizationId, async (tx) => {
        const connection = foundConnection(await findConnection(tx, organizationId, id));
        return { ...connectionViewOf(connection), history: await listRefreshAttempts(tx, organizationId, id, LATEST) };
      });
    },

    async history(caller, id, { limit, cursor }) {
      const organizationId = await may(caller, 'connection.history', 'connections:read', id);
      const which = { limit: limit + 1, after: positionOf(cursor, ATTEMPT_POSITION) };
      const rows = await database.asTenant(organizationId, (tx) => listRefreshAttempts(tx, organizationId, id, which));
      return pageOf(rows, limit, {
        position: ({ id: attemptId, startedAt }) => ({ startedAt, id: attemptId }),
        show: (attempt) => attempt,
      });
    },

    async usage(caller, id, since) {
      const organizationId = await may(caller, 'connection.usage', 'connections:read', id);
      const { workflows, ...counted } = await database.asTenant(organizationId, (tx) =>
        countReleases(tx, { organizationId, connectionId: id, since: since ?? null }),
      );
      return { ...counted, total: workflows.reduce((sum, { count }) => sum + count, 0), workflows };
    },

    async import(caller, request) {
      const { clientId, service, name, verify } = request;
      const who = await authorize(caller, {
        action: 'connection.import',
        scope: 'connections:write',
        clientId,
        service,
      });
      const { organizationId } = who;
      const connection = await database
        .asTenant(organizationId, async (tx) => {
          const id = await importConnection(tx, vault, { organizationId, clientId, service, name }, request);
          const stored = foundConnection(await findConnection(tx, organizationId, id));
          // Before the commit, so that an import that cannot be verified as asked leaves nothing behind.
          if (verify === true) refreshableOrThrow(organizationId, stored);
          return stored;
        })
        .catch((error: unknown) => {
          throw importProblem(error);
        });
      return verify === true
        ? refreshNow({ database, waiter }, organizationId, connection)
        : connectionViewOf(connection);
    },

    async refresh(caller, id) {
      const organizationId = await may(caller, 'connection.refresh', 'connections:write', id);
      const connection = await find(organizationId, id);
      refreshableOrThrow(organizationId, connection);
      return refreshNow({ database, waiter }, organizationId, connection);
    },

    disable: async (caller, id) =>
      changed(await may(caller, 'connection.disable', 'connections:write', id), id, disableConnection),
    enable: async (caller, id) =>
      changed(await may(caller, 'connection.enable', 'connections:write', id), id, enableConnection),

    async acceptHeld(caller, id) {
      const organizationId = await may(caller, 'connection.held.accept', 'connections:write', id);
      return changed(organizationId, id, async (tx) =>
        acceptHeld(tx, vault, organizationId, foundConnection(await findConnection(tx, organizationId, id))),
      );
    },

    async rejectHeld(caller, id) {
      const organizationId = await may(caller, 'connection.held.reject', 'connections:write', id);
      const givenUp = { organizationId, connectionId: id, clientId: null, kinds: ['held'] } as const;
      return database.asTenant(organizationId, async (tx) => {
        const connection = foundConnection(await findConnection(tx, organizationId, id));
        const { revocations } = await giveUpTokens(tx, givenUp, () => rejectHeld(tx, organizationId, connection));
        const rejected = foundConnection(await findConnection(tx, organizationId, id));
        return { ...connectionViewOf(rejected), revocation: revocations.get(id) ?? 'none' };
      });
    },

    async remove(caller, id) {
      const organizationId = await may(caller, 'connection.delete', 'connections:write', id);
      const givenUp = { organizationId, connectionId: id, clientId: null, kinds: LIVE_KINDS };
      const { removed, revocations } = await database.asTenant(organizationId, (tx) =>
        giveUpTokens(tx, givenUp, () => deleteConnection(tx, organizationId, id)),
      );
      if (!removed) foundConnection(null);
      return { id, revocation: revocations.get(id) ?? 'none' };
    },
  };
}

/** A race with another request: the name was made at the same moment. */
function importProblem(error: unknown): unknown {
  if (!isUniqueViolation(error)) return error;
  return new Problem(
    'conflict',
    'Another import of this connection was faster at the same moment. Look at it, and send this one again if it is the newer.',
    { cause: error },
  );
}
