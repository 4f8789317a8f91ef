import { Problem } from '../../errors/problem';
import { tenantIn } from '../../providers/tenant';
import type { Service } from '../../repositories/services';

/**
 * The tenant that a caller names, as it stands in the URLs of the service; null where the service has none.
 * Throws Problem `invalid_value` for one that does not fit, or is missing.
 */
export function tenantOrThrow(service: Service, said: string | null): string | null {
  const { name, tenantFrom, tenantHosts, tenantExample } = service;
  if (tenantFrom === null) {
    if (said === null) return null;
    throw new Problem(
      'invalid_value',
      `tenant: the URLs of service "${name}" are the same for everybody. Leave it out.`,
    );
  }
  const tenant = tenantIn(service, said);
  if (tenant !== null) return tenant;
  const example = tenantExample === null ? '' : `, such as ${tenantExample}`;
  const what =
    tenantHosts === null
      ? `must be the customer's part of the URLs of service "${name}"${example}: letters, digits and dashes`
      : `must be one of the hosts of service "${name}": ${tenantHosts.join(', ')}`;
  throw new Problem('invalid_value', `tenant: ${what}.`);
}
