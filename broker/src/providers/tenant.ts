/** Stands in the URLs of a service for what is the customer's own: one label of a host name, a whole host, or a segment of a path. */
export const TENANT = '{tenant}';

/** Of a service: who tells the tenant, and what it may be. */
export interface TenantRule {
  /** null: its URLs are the same for everybody. */
  tenantFrom: 'link' | 'redirect' | 'answer' | 'lookup' | null;
  /** The tenant is one of these hosts; null: one label of a host name. */
  tenantHosts: readonly string[] | null;
}

/** The URLs of a service that may hold it. */
export const TENANT_URLS = [
  'authorizationUrl',
  'tokenUrl',
  'refreshUrl',
  'revocationUrl',
  'accountUrl',
  'verifyUrl',
  'baseUrl',
] as const;

/** What may hold {tenant}; a caller has as many of them as it needs. */
export type TenantTemplates = Partial<Record<(typeof TENANT_URLS)[number], string | null>> & {
  allowedHosts?: readonly string[] | null;
};

// Anchored, without dot, slash, colon, `@` and `%`: it cannot lead out of the place it stands in.
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Whether `tenant` is one of this service, written as it stands in URLs. */
export function isTenant({ tenantFrom, tenantHosts }: TenantRule, tenant: string): boolean {
  if (tenantFrom === null) return false;
  return tenantHosts === null ? LABEL.test(tenant) : tenantHosts.includes(tenant);
}

/**
 * The tenant that a person, a redirect or an answer names, as it stands in URLs: said as such, or as the host or https origin that it is
 * part of (`acme`, `acme.myshopify.com`, `https://accounts.zoho.eu`). null: it is none of this service.
 */
export function tenantIn(service: TenantRule & TenantTemplates, said: string | null): string | null {
  if (said === null) return null;
  const text = said.trim().toLowerCase();
  const host = /^https:\/\/([^/]*)\/?$/.exec(text)?.[1] ?? text;
  if (isTenant(service, host)) return host;
  return (
    hostsOf(service)
      .map((template) => inTemplate(template, host))
      .find((found) => found !== null && isTenant(service, found)) ?? null
  );
}

/** A service as it is for one tenant: {tenant} filled in. What needs a tenant and has none that fits is null, or left out of a list. */
export function atTenant<Service extends TenantRule & TenantTemplates>(
  service: Service,
  tenant: string | null,
): Service {
  if (service.tenantFrom === null) return service;
  const known = tenant !== null && isTenant(service, tenant) ? tenant : null;
  const filled = (template: string): string | null =>
    !template.includes(TENANT) ? template : known === null ? null : template.replaceAll(TENANT, known);
  const urls = TENANT_URLS.flatMap((name) => {
    const template = service[name];
    return typeof template === 'string' ? [[name, filled(template)] as const] : [];
  });
  const allowedHosts = service.allowedHosts?.map(filled).filter((host) => host !== null);
  return { ...service, ...Object.fromEntries(urls), ...(allowedHosts === undefined ? {} : { allowedHosts }) };
}

/** The hosts of its URLs that hold {tenant}, without their ports. */
export function hostsOf(templates: TenantTemplates): string[] {
  const authorities = TENANT_URLS.map((name) => /^https?:\/\/([^/?#:]*)/i.exec(templates[name] ?? '')?.[1] ?? '');
  return authorities.filter((host) => host.includes(TENANT));
}

/**
 * Whether {tenant} stands only where it cannot lead elsewhere: as one whole label of a host that has others, or one whole segment of the path;
 * where it is a host itself, as the whole host. Nothing else in braces.
 */
export function hasTenantInPlace(url: string, isHost: boolean): boolean {
  const parts = /^https?:\/\/([^/?#:@]*)(?::\d+)?((?:\/[^?#]*)?)((?:[?#].*)?)$/i.exec(url);
  if (parts === null) return false;
  const [, host = '', path = '', rest = ''] = parts;
  if (/[{}]/.test(rest)) return false;
  const isWhole = (part: string): boolean => part === TENANT || !/[{}]/.test(part);
  if (isHost) return isWhole(host) && !/[{}]/.test(path);
  return host !== TENANT && host.split('.').every(isWhole) && path.split('/').every(isWhole);
}

function inTemplate(template: string, host: string): string | null {
  const at = template.indexOf(TENANT);
  const before = template.slice(0, at).toLowerCase();
  const after = template.slice(at + TENANT.length).toLowerCase();
  if (!host.startsWith(before) || !host.endsWith(after)) return null;
  return host.slice(before.length, host.length - after.length);
}
