import type { Database, Tx } from '../../db/database';
import {
  endOrdersOfService,
  latestRevocationOrders,
  orderRevocationsOfService,
  type RevocationOrder,
} from '../../repositories/revocation-orders';
import { setServiceSuspended, type Service } from '../../repositories/services';
import { listStoppingWorkflows, reachOfService } from '../../repositories/stopping';
import type { Authorize } from '../access/authorize';
import type { Caller, Principal } from '../access/principal';
import { serviceViewOf, type ServiceView } from '../service-catalogue/view';
import { auditOf, type RevokingOrder } from './order';
import { stoppingOf, type Stopping } from './stopping';

/** With the latest order to give up all the organization's consents for it; null: there was none. */
export type OrderedService = ServiceView & { revocationOrder: RevocationOrder | null };

export interface ServiceSwitch {
  /**
   * The kill switch: from the moment of the commit no credential of it is released; of the shared catalogue: in any organization. Tells what
   * stops.
   */
  suspend(caller: Caller, name: string, order: RevokingOrder): Promise<OrderedService & { stopping: Stopping }>;
  /** Also puts an end to orders to revoke; what has been handed on by then is revoked all the same. */
  resume(caller: Caller, name: string): Promise<OrderedService>;
}

export interface ServiceSwitchParts {
  database: Database;
  authorize: Authorize;
  /** Runs a change of a service that the caller sees and may write, with nobody building on it meanwhile. */
  change: <T>(who: Principal, name: string, work: (tx: Tx, service: Service) => Promise<T>) => Promise<T>;
}

export function createServiceSwitch({ database, authorize, change }: ServiceSwitchParts): ServiceSwitch {
  const may = (caller: Caller, service: string, asked: ReturnType<typeof auditOf> | { action: string }) =>
    authorize(caller, { ...asked, scope: 'services:write', clientId: null, service });

  return {
    async suspend(caller, name, order) {
      const who = await may(caller, name, auditOf('service', order));
      const { organizationId } = who;
      const { service, reach } = await change(who, name, async (tx, found) => {
        const thrown =
          order.dryRun === true ? found : await setServiceSuspended(tx, found.id, { reason: order.reason ?? null });
        if (order.revoke === true && order.dryRun !== true) await orderRevocationsOfService(tx, found.id, who.actor);
        return { service: await orderedService(tx, organizationId, thrown), reach: await reachOfService(tx, found.id) };
      });
      const stopped = { organizationId, service: name };
      const workflows = database.asTenant(organizationId, (tx) => listStoppingWorkflows(tx, stopped));
      return { ...service, stopping: await stoppingOf(reach, workflows) };
    },

    async resume(caller, name) {
      const who = await may(caller, name, { action: 'service.resume' });
      return change(who, name, async (tx, { id }) => {
        await endOrdersOfService(tx, id);
        return orderedService(tx, who.organizationId, await setServiceSuspended(tx, id, null));
      });
    },
  };
}

export async function orderedService(tx: Tx, organizationId: string, service: Service): Promise<OrderedService> {
  const [ordered] = await orderedServices(tx, organizationId, [service]);
  return ordered as OrderedService;
}

export async function orderedServices(
  tx: Tx,
  organizationId: string,
  services: readonly Service[],
): Promise<OrderedService[]> {
  const orders = await latestRevocationOrders(tx, organizationId, { services: services.map(({ name }) => name) });
  return services.map((service) => ({ ...serviceViewOf(service), revocationOrder: orders.get(service.name) ?? null }));
}
