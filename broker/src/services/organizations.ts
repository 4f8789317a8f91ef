import { isUniqueViolation, type Database } from '../db/database';
import { Problem } from '../errors/problem';
import {
  findOrganization,
  insertOrganization,
  listOrganizations,
  setOrganizationSuspended,
  updateOrganization,
  type Organization,
  type OrganizationDetails,
} from '../repositories/organizations';
import { listStoppingWorkflows, reachWithin } from '../repositories/stopping';
import type { Authorize } from './access/authorize';
import type { Caller } from './access/principal';
import { withChanges } from './changes';
import { auditOf, type SuspensionOrder } from './suspending/order';
import { stoppingOf, type Stopping } from './suspending/stopping';

export interface NewOrganization {
  name: string;
  /** For people; the name unless given. */
  displayName?: string | undefined;
}

/** The tenants. Only somebody at the machine itself may see or make them: no access key reaches beyond its organization. */
export interface Organizations {
  list(caller: Caller): Promise<Organization[]>;
  create(caller: Caller, organization: NewOrganization): Promise<Organization>;
  /** What its clients see on their pages. */
  update(caller: Caller, name: string, changes: OrganizationChanges): Promise<Organization>;
  /** Its keys are refused and its Connect pages closed from the moment of the commit. Throws Problem `conflict` for the operator's own. */
  suspend(caller: Caller, name: string, order: SuspensionOrder): Promise<Organization & { stopping: Stopping }>;
  resume(caller: Caller, name: string): Promise<Organization>;
}

export interface OrganizationsParts {
  /** As the owner of the tables: no other role sees more than one tenant and writes this table. */
  owner: Database;
  authorize: Authorize;
}

export type OrganizationChanges = { [Key in keyof OrganizationDetails]?: OrganizationDetails[Key] | undefined };

/** The operator's keys belong to it. */
const OPERATOR = 'default';
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

export function createOrganizations({ owner, authorize }: OrganizationsParts): Organizations {
  const may = async (caller: Caller, action: string, detail: Record<string, string | number> = {}): Promise<void> => {
    await authorize(caller, { action, scope: null, detail });
    if (caller.presented?.kind === 'operator') return;
    throw new Problem('scope_missing', 'Organizations are managed at the machine itself, with: otobot organization');
  };

  return {
    async list(caller) {
      await may(caller, 'organization.list');
      return listOrganizations(owner);
    },

    async update(caller, name, changes) {
      await may(caller, 'organization.update', { organization: name });
      const known = found(await findOrganization(owner, name), name);
      const { displayName, logoUrl, color } = withChanges(known, changes);
      return found(await updateOrganization(owner, name, { displayName, logoUrl, color }), name);
    },

    async create(caller, { name, displayName = name }) {
      await may(caller, 'organization.create', { organization: name });
      if (!NAME.test(name))
        throw new Problem(
          'invalid_value',
          'name: must be 1 to 63 lower-case letters, digits or dashes, starting with a letter or digit.',
        );
      try {
        return await insertOrganization(owner, { name, displayName });
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw new Problem('conflict', `There is an organization "${name}" already.`, { cause: error });
      }
    },

    async suspend(caller, name, order) {
      const { action, detail } = auditOf('organization', order);
      await may(caller, action, { ...detail, organization: name });
      if (name === OPERATOR)
        throw new Problem(
          'conflict',
          `Organization "${OPERATOR}" is the operator's own: whoever could resume it would be shut out.`,
        );
      const known = found(await findOrganization(owner, name), name);
      const suspended =
        order.dryRun === true
          ? known
          : found(await setOrganizationSuspended(owner, name, { reason: order.reason ?? null }), name);
      const stopped = { organizationId: known.id };
      const reach = await reachWithin(owner, stopped);
      return { ...suspended, stopping: await stoppingOf(reach, listStoppingWorkflows(owner, stopped)) };
    },

    async resume(caller, name) {
      await may(caller, 'organization.resume', { organization: name });
      return found(await setOrganizationSuspended(owner, name, null), name);
    },
  };
}

function found(organization: Organization | null, name: string): Organization {
  if (organization !== null) return organization;
  throw new Problem('not_found', `There is no organization "${name}". List them with: otobot organization list`);
}
