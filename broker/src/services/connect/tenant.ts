import { tenantIn } from '../../providers/tenant';
import type { OpenLink } from './open-link';

/** What tells the tenant before anybody is sent anywhere. */
type Told = Pick<OpenLink, 'service' | 'link'>;

/** Whether whoever opens the link is asked for the tenant: the service needs to be told, and the link does not tell. */
export function asksForTenant({ service, link }: Told): boolean {
  return service.tenantFrom === 'link' && tenantIn(service, link.tenant) === null;
}

/** The tenant before anybody is sent anywhere: of the link, or what was typed on its page. null: none, or none that fits. */
export function tenantToldBy({ service, link }: Told, typed: string): string | null {
  if (service.tenantFrom !== 'link') return null;
  return tenantIn(service, link.tenant) ?? tenantIn(service, originIn(typed));
}

/** People copy what their address bar shows (`https://acme.zendesk.com/agent/dashboard`): the page they were on says nothing. */
const originIn = (typed: string): string => typed.trim().replace(/^(https:\/\/[^/?#]+)[/?#].*$/is, '$1');

/** What was typed in place of a tenant: nothing, or what none of the service is called. */
export type TenantProblem = 'tenant_missing' | 'tenant_unknown';

/** null: the tenant is known, or is not asked for. */
export function tenantProblem(open: Told, typed: string): TenantProblem | null {
  if (!asksForTenant(open) || tenantToldBy(open, typed) !== null) return null;
  return typed.trim() === '' ? 'tenant_missing' : 'tenant_unknown';
}
