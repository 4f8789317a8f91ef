import type { Database, Tx } from '../../db/database';
import { findClient, setClientSuspended, type Client } from '../../repositories/clients';
import {
  endOrdersOfClient,
  latestRevocationOrders,
  orderRevocationsOfClient,
  type RevocationOrder,
} from '../../repositories/revocation-orders';
import { listStoppingWorkflows, reachWithin } from '../../repositories/stopping';
import type { Authorize } from '../access/authorize';
import type { Caller } from '../access/principal';
import { foundClient } from '../found-client';
import { auditOf, type RevokingOrder } from './order';
import { stoppingOf, type Stopping } from './stopping';

/** A client, with the latest order to give up all his consents; null: there was none. */
export type ClientView = Client & { revocationOrder: RevocationOrder | null };

export interface ClientSwitch {
  /** The kill switch: from the moment of the commit no credential of his is released. Tells what stops. */
  suspend(caller: Caller, clientId: string, order: RevokingOrder): Promise<ClientView & { stopping: Stopping }>;
  /** Also puts an end to an order to revoke; what has been handed on by then is revoked all the same. */
  resume(caller: Caller, clientId: string): Promise<ClientView>;
}

export function createClientSwitch({
  database,
  authorize,
}: {
  database: Database;
  authorize: Authorize;
}): ClientSwitch {
  return {
    async suspend(caller, clientId, order) {
      const { organizationId, actor } = await authorize(caller, {
        ...auditOf('client', order),
        ...{ scope: 'clients:write', clientId, everyService: true },
      });
      const stopped = { organizationId, clientId };
      const { client, reach } = await database.asTenant(organizationId, async (tx) => {
        const found = foundClient(await thrown(tx, organizationId, clientId, order), clientId);
        if (order.revoke === true && order.dryRun !== true)
          await orderRevocationsOfClient(tx, { ...stopped, orderedBy: actor });
        return { client: await clientViewOf(tx, organizationId, found), reach: await reachWithin(tx, stopped) };
      });
      const workflows = database.asTenant(organizationId, (tx) => listStoppingWorkflows(tx, stopped));
      return { ...client, stopping: await stoppingOf(reach, workflows) };
    },

    async resume(caller, clientId) {
      const asked = { action: 'client.resume', scope: 'clients:write', clientId, everyService: true } as const;
      const { organizationId } = await authorize(caller, asked);
      return database.asTenant(organizationId, async (tx) => {
        const client = foundClient(await setClientSuspended(tx, organizationId, clientId, null), clientId);
        await endOrdersOfClient(tx, organizationId, clientId);
        return clientViewOf(tx, organizationId, client);
      });
    },
  };
}

const thrown = (
  tx: Tx,
  organizationId: string,
  clientId: string,
  { reason, dryRun }: RevokingOrder,
): Promise<Client | null> =>
  dryRun === true
    ? findClient(tx, organizationId, clientId)
    : setClientSuspended(tx, organizationId, clientId, { reason: reason ?? null });

export async function clientViewOf(tx: Tx, organizationId: string, client: Client): Promise<ClientView> {
  const [view] = await clientViewsOf(tx, organizationId, [client]);
  return view as ClientView;
}

export async function clientViewsOf(tx: Tx, organizationId: string, clients: readonly Client[]): Promise<ClientView[]> {
  const clientIds = clients.map(({ clientId }) => clientId);
  const orders = await latestRevocationOrders(tx, organizationId, { clientIds });
  return clients.map((client) => ({ ...client, revocationOrder: orders.get(client.clientId) ?? null }));
}
