import { createHmac, timingSafeEqual } from 'node:crypto';
import { tenantIn } from '../../providers/tenant';
import type { Flow } from '../../repositories/flows';
import type { Service } from '../../repositories/services';
import type { ClientSecret } from '../client-secrets';

/**
 * The tenant as of the redirect: the one that was asked for, or the one that the redirect names. A redirect is the browser's word, so it
 * counts only as one of the service's own tenants, and never in place of another. `refused`: nothing may be sent anywhere.
 */
export function returnedTenant(
  service: Service,
  { tenant }: Pick<Flow, 'tenant'>,
  parameters: URLSearchParams,
): { tenant: string | null } | 'refused' {
  const { tenantFrom, tenantParam } = service;
  const isInRedirect = tenantFrom === 'redirect' || (tenantFrom === 'link' && tenantParam !== null);
  if (!isInRedirect || tenantParam === null) return { tenant };
  const named = tenantIn(service, single(parameters, tenantParam));
  if (named === null || (tenant !== null && tenant !== named)) return 'refused';
  return { tenant: named };
}

/** Whether the provider has signed the redirect with one of the client secrets, where it signs redirects at all. */
export function isSigned(
  { redirectHmacParam }: Pick<Service, 'redirectHmacParam'>,
  parameters: URLSearchParams,
  clientSecrets: readonly ClientSecret[],
): boolean {
  if (redirectHmacParam === null) return true;
  const given = single(parameters, redirectHmacParam) ?? '';
  if (!/^[0-9a-f]{64}$/.test(given)) return false;
  const signed = new URLSearchParams([...parameters].filter(([name]) => name !== redirectHmacParam));
  signed.sort();
  // Each is compared, and each in constant time.
  return clientSecrets.filter(({ secret }) => isHmac(secret, signed.toString(), given)).length > 0;
}

function isHmac(secret: string, message: string, given: string): boolean {
  const digest = createHmac('sha256', secret).update(message).digest();
  return timingSafeEqual(digest, Buffer.from(given, 'hex'));
}

/** A parameter given twice is none: which one was meant is not ours to guess. */
function single(parameters: URLSearchParams, name: string): string | null {
  const values = parameters.getAll(name);
  return values.length === 1 ? (values[0] ?? null) : null;
}
