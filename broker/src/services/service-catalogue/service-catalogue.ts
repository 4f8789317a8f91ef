import { z } from 'zod';
import { isUniqueViolation, type Database, type Tx } from '../../db/database';
import { Problem } from '../../errors/problem';
import { deleteApp, findApp } from '../../repositories/apps';
import {
  deleteService,
  findService,
  insertService,
  listServices,
  lockService,
  updateService,
  type Service,
} from '../../repositories/services';
import type { Vault } from '../../vault/vault';
import type { Authorize } from '../access/authorize';
import type { Caller, Principal } from '../access/principal';
import { withChanges } from '../changes';
import { pageOf, positionOf, type Page, type SearchedPageRequest } from '../page';
import {
  createServiceSwitch,
  orderedService,
  orderedServices,
  type OrderedService,
  type ServiceSwitch,
} from '../suspending/service-switch';
import { checkDefinition, DEFAULTS, definitionOf, fieldsOf, type ServiceDefinition } from './definition';
import { foundService } from './found-service';
import { fromProvider } from './from-provider';
import { moveService, rememberMove, type MoveProgress, type MoveRequest } from './move';
import { sameAudienceOrThrow, unusedOrThrow } from './use';
import { appSummaryOf, type ServiceWithApp } from './view';

export type ServiceChanges = { [Key in keyof ServiceDefinition]?: ServiceDefinition[Key] | undefined };
export type NewService = ServiceChanges & {
  name: string;
  /** A provider of the catalogue, on which the rest builds. */
  from?: string | undefined;
};

/**
 * The providers. The operator's organization writes the shared catalogue; any other its own services, which shadow shared ones of the
 * same name for it alone. Keys that are limited to clients change none: a service concerns every client.
 */
export interface ServiceCatalogue extends ServiceSwitch {
  list(caller: Caller, page: SearchedPageRequest): Promise<Page<OrderedService>>;
  create(caller: Caller, service: NewService): Promise<OrderedService>;
  /** With the organization's own app, if it has one. */
  read(caller: Caller, name: string): Promise<OrderedService & ServiceWithApp>;
  update(caller: Caller, name: string, changes: ServiceChanges): Promise<OrderedService>;
  /** To other endpoints, with everything that is sealed for them. See moveService. */
  move(caller: Caller, name: string, request: MoveRequest): Promise<MoveProgress>;
  remove(caller: Caller, name: string): Promise<void>;
}

export interface ServiceCatalogueParts {
  database: Database;
  authorize: Authorize;
  vault: Vault;
  /** What the outbound policy allows. */
  allowedUrl: (url: string) => boolean;
}

const OPERATOR = 'default';
const POSITION = z.string().max(64);

export function createServiceCatalogue({
  database,
  authorize,
  vault,
  allowedUrl,
}: ServiceCatalogueParts): ServiceCatalogue {
  const mayWrite = (caller: Caller, action: string, service: string): Promise<Principal> =>
    authorize(caller, { action, scope: 'services:write', clientId: null, service });

  /** Runs a change of a service that the caller sees and may write, with nobody building on it meanwhile. */
  const change = <T>(who: Principal, name: string, work: (tx: Tx, service: Service) => Promise<T>): Promise<T> =>
    database.asTenant(who.organizationId, async (tx) => {
      await lockService(tx, name, 'exclusive');
      const service = foundService(await findService(tx, who.organizationId, name), name);
      if (service.shared && who.organization !== OPERATOR) throw sharedService(name);
      return work(tx, service);
    });

  return {
    async list(caller, { limit, cursor, search = null }) {
      const { organizationId, services } = await authorize(caller, { action: 'service.list', scope: 'services:read' });
      const only = services && [...services];
      const which = { limit: limit + 1, after: positionOf(cursor, POSITION), only, search };
      const rows = await database.asTenant(organizationId, async (tx) =>
        orderedServices(tx, organizationId, await listServices(tx, organizationId, which)),
      );
      return pageOf(rows, limit, { position: ({ name }) => name, show: (service) => service });
    },

    async create(caller, service) {
      const { name } = service;
      const who = await mayWrite(caller, 'service.create', name);
      try {
        return await database.asTenant(who.organizationId, async (tx) =>
          orderedService(tx, who.organizationId, await addService(tx, { vault, allowedUrl }, who, service)),
        );
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw new Problem(
          'conflict',
          `There is a service "${name}" already. Change it with PATCH /v1/services/${name}.`,
          { cause: error },
        );
      }
    },

    async read(caller, name) {
      const { organizationId } = await authorize(caller, {
        action: 'service.read',
        scope: 'services:read',
        service: name,
      });
      return database.asTenant(organizationId, async (tx) => {
        const service = foundService(await findService(tx, organizationId, name), name);
        const app = appSummaryOf(await findApp(tx, organizationId, null, name));
        return { ...(await orderedService(tx, organizationId, service)), app };
      });
    },

    async update(caller, name, changes) {
      const who = await mayWrite(caller, 'service.update', name);
      return change(who, name, async (tx, service) => {
        const definition = withChanges(definitionOf(service), changes);
        checkDefinition(definition, allowedUrl);
        await sameAudienceOrThrow(tx, service, definition, null);
        return orderedService(tx, who.organizationId, await updateService(tx, service.id, fieldsOf(definition)));
      });
    },

    async move(caller, name, request) {
      const detail = { tokenUrl: request.tokenUrl };
      const who = await authorize(caller, {
        ...{ action: 'service.move', scope: 'services:write', clientId: null, service: name, detail },
      });
      return moveService({ database, vault, allowedUrl }, change, { who, name, request });
    },

    async remove(caller, name) {
      const who = await mayWrite(caller, 'service.delete', name);
      await change(who, name, async (tx, service) => {
        await unusedOrThrow(tx, service, who.organizationId);
        await deleteApp(tx, who.organizationId, name);
        await deleteService(tx, service.id);
      });
    },

    ...createServiceSwitch({ database, authorize, change }),
  };
}

/** Violates a unique constraint when the name is taken. Throws Problem `invalid_value` for what cannot work. */
export async function addService(
  tx: Tx,
  { vault, allowedUrl }: Pick<ServiceCatalogueParts, 'vault' | 'allowedUrl'>,
  { organizationId, organization }: Pick<Principal, 'organizationId' | 'organization'>,
  { name, from, ...given }: NewService,
): Promise<Service> {
  const base = { ...DEFAULTS, displayName: name, ...fromProvider(from) };
  const definition = withChanges<ServiceDefinition>(base, given);
  checkDefinition(definition, allowedUrl);
  const owner = organization === OPERATOR ? null : organizationId;
  await lockService(tx, name, 'exclusive');
  const shadowed = await findService(tx, organizationId, name);
  if (shadowed !== null) await sameAudienceOrThrow(tx, shadowed, definition, organizationId);
  const created = await insertService(tx, owner, name, fieldsOf(definition));
  if (shadowed !== null) await rememberMove(tx, vault, organizationId, { from: shadowed, to: created });
  return created;
}

function sharedService(name: string): Problem {
  return new Problem(
    'client_not_allowed',
    `Service "${name}" is of the shared catalogue, which only the operator changes. Create your own "${name}" with POST /v1/services; it takes its place for your organization.`,
  );
}
