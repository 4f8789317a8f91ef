import { z } from 'zod';
import { isUniqueViolation, type Database } from '../db/database';
import { Problem } from '../errors/problem';
import {
  deleteClient,
  findClient,
  insertClient,
  listClients,
  updateClient,
  type ClientDetails,
} from '../repositories/clients';
import { LIVE_KINDS } from '../repositories/revocations';
import type { Authorize } from './access/authorize';
import type { Caller } from './access/principal';
import { withChanges } from './changes';
import { foundClient, unknownClient } from './found-client';
import { pageOf, positionOf, type Page, type SearchedPageRequest } from './page';
import { giveUpTokens, type Revocation } from './revocations/give-up-tokens';
import {
  clientViewOf,
  clientViewsOf,
  createClientSwitch,
  type ClientSwitch,
  type ClientView,
} from './suspending/client-switch';

export interface NewClient {
  clientId: string;
  name: string;
  email?: string | null | undefined;
  locale?: string | null | undefined;
}

export type ClientChanges = { [Key in keyof ClientDetails]?: ClientDetails[Key] | undefined };

export interface RemovedClient {
  clientId: string;
  /** What becomes of his connections' tokens at their providers: how many of each. */
  revocations: Readonly<Record<Revocation, number>>;
}

/** On whose behalf workflows act. A key that is limited to some clients sees and touches those only. */
export interface Clients extends ClientSwitch {
  list(caller: Caller, page: SearchedPageRequest): Promise<Page<ClientView>>;
  create(caller: Caller, client: NewClient): Promise<ClientView>;
  read(caller: Caller, clientId: string): Promise<ClientView>;
  update(caller: Caller, clientId: string, changes: ClientChanges): Promise<ClientView>;
  /** With everything that is his: connections, own apps, and tokens, which are revoked as those of a deleted connection. */
  remove(caller: Caller, clientId: string): Promise<RemovedClient>;
}

export interface ClientsParts {
  database: Database;
  authorize: Authorize;
}

const POSITION = z.string().max(64);

export function createClients({ database, authorize }: ClientsParts): Clients {
  return {
    async list(caller, { limit, cursor, search = null }) {
      const { organizationId, clientIds } = await authorize(caller, { action: 'client.list', scope: 'clients:read' });
      const only = clientIds && [...clientIds];
      const which = { limit: limit + 1, after: positionOf(cursor, POSITION), only, search };
      const rows = await database.asTenant(organizationId, async (tx) =>
        clientViewsOf(tx, organizationId, await listClients(tx, organizationId, which)),
      );
      return pageOf(rows, limit, { position: ({ clientId }) => clientId, show: (client) => client });
    },

    async create(caller, { clientId, name, email = null, locale = null }) {
      const { organizationId } = await authorize(caller, { action: 'client.create', scope: 'clients:write', clientId });
      try {
        return await database.asTenant(organizationId, async (tx) =>
          clientViewOf(tx, organizationId, await insertClient(tx, organizationId, clientId, { name, email, locale })),
        );
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw new Problem(
          'conflict',
          `There is a client "${clientId}" already. Change it with PATCH /v1/clients/${clientId}.`,
          { cause: error },
        );
      }
    },

    async read(caller, clientId) {
      const { organizationId } = await authorize(caller, { action: 'client.read', scope: 'clients:read', clientId });
      return database.asTenant(organizationId, async (tx) =>
        clientViewOf(tx, organizationId, foundClient(await findClient(tx, organizationId, clientId), clientId)),
      );
    },

    async update(caller, clientId, changes) {
      const { organizationId } = await authorize(caller, { action: 'client.update', scope: 'clients:write', clientId });
      return database.asTenant(organizationId, async (tx) => {
        const { name, email, locale } = foundClient(await findClient(tx, organizationId, clientId), clientId);
        const details = withChanges({ name, email, locale }, changes);
        const updated = foundClient(await updateClient(tx, organizationId, clientId, details), clientId);
        return clientViewOf(tx, organizationId, updated);
      });
    },

    async remove(caller, clientId) {
      const asked = { action: 'client.delete', scope: 'clients:write', clientId, everyService: true } as const;
      const { organizationId } = await authorize(caller, asked);
      const givenUp = { organizationId, connectionId: null, clientId, kinds: LIVE_KINDS };
      const { removed, revocations } = await database.asTenant(organizationId, (tx) =>
        giveUpTokens(tx, givenUp, () => deleteClient(tx, organizationId, clientId)),
      );
      if (!removed) throw unknownClient(clientId);
      return { clientId, revocations: counted([...revocations.values()]) };
    },

    ...createClientSwitch({ database, authorize }),
  };
}

function counted(revocations: readonly Revocation[]): Record<Revocation, number> {
  const counts = { queued: 0, shared: 0, unsupported: 0, none: 0 };
  for (const revocation of revocations) counts[revocation] += 1;
  return counts;
}
