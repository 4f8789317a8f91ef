import { Problem } from '../../errors/problem';
import { atTenant, hasTenantInPlace, isTenant, TENANT, TENANT_URLS } from '../../providers/tenant';
import type { ServiceDefinition } from './definition';

type TenantUrl = (typeof TENANT_URLS)[number];

type Source = NonNullable<ServiceDefinition['tenantFrom']>;

/** What is asked for before the tenant is known, and so cannot hold it. */
const TOO_EARLY: Readonly<Record<Source, readonly TenantUrl[]>> = {
  link: [],
  redirect: ['authorizationUrl', 'verifyUrl'],
  answer: ['authorizationUrl', 'verifyUrl', 'tokenUrl', 'refreshUrl'],
  lookup: ['authorizationUrl', 'verifyUrl', 'tokenUrl', 'refreshUrl', 'accountUrl'],
};
const NEEDS_PARAM: Readonly<Record<Exclude<Source, 'link'>, string>> = {
  redirect: 'the parameter of the redirect that names the tenant',
  answer: 'the path in the token answer that names the tenant',
  lookup: 'the path in the answer of accountUrl that names the tenant',
};

/** Throws Problem `invalid_value` for a service whose {tenant} could not be known in time, or could lead elsewhere. */
export function checkTenantRule(definition: ServiceDefinition): void {
  checkSource(definition);
  const { tenantFrom, tenantHosts } = definition;
  for (const member of TENANT_URLS) {
    const url = definition[member];
    if (url === null || !/[{}]/.test(url)) continue;
    if (tenantFrom === null) throw unfit(`${member}: ${TENANT} stands in it, so tell tenantFrom: who says what it is.`);
    if (!hasTenantInPlace(url, tenantHosts !== null))
      throw unfit(
        tenantHosts === null
          ? `${member}: ${TENANT} may be one label of the host, or one segment of the path, and nothing else in braces.`
          : `${member}: ${TENANT} must be the host, since it is one of tenantHosts.`,
      );
    if (TOO_EARLY[tenantFrom].includes(member))
      throw unfit(`${member}: is asked before ${TENANT} is known, with tenantFrom "${tenantFrom}".`);
  }
  const misplaced = (definition.allowedHosts ?? []).find(
    (host) => /[{}]/.test(host) && (tenantFrom === null || !hasTenantInPlace(`https://${host}`, tenantHosts !== null)),
  );
  if (misplaced !== undefined) throw unfit(`allowedHosts: ${TENANT} may be one label of a host, with tenantFrom told.`);
}

function checkSource(definition: ServiceDefinition): void {
  const { oauthType, tenantFrom, tenantParam, tenantHosts, tenantExample, accountUrl } = definition;
  if (tenantFrom === null) {
    if (tenantParam === null && tenantHosts === null && tenantExample === null) return;
    throw unfit('tenantFrom: tenantParam, tenantHosts and tenantExample go with it. Tell it, or leave them out.');
  }
  if (tenantFrom !== 'link' && tenantParam === null)
    throw unfit(`tenantParam: tenantFrom "${tenantFrom}" needs it: ${NEEDS_PARAM[tenantFrom]}.`);
  if (tenantFrom === 'lookup' && accountUrl === null)
    throw unfit('accountUrl: tenantFrom "lookup" needs it: the tenant is named there.');
  if (tenantExample !== null && !isTenant(definition, tenantExample))
    throw unfit('tenantExample: is no tenant of this service itself. Give it as it stands in the URLs.');
  if (tenantFrom !== 'link' && (oauthType === 'api_key' || oauthType === 'basic'))
    throw unfit(`tenantFrom: of a service of oauthType ${oauthType} only the link can tell it.`);
}

/** The definition as it is for tenants that stand for all: what holds for these URLs holds for every one. */
export function samplesOf(definition: ServiceDefinition): ServiceDefinition[] {
  if (definition.tenantFrom === null) return [definition];
  return (definition.tenantHosts ?? [definition.tenantExample ?? 'tenant']).map((tenant) =>
    atTenant(definition, tenant),
  );
}

const unfit = (detail: string): Problem => new Problem('invalid_value', detail);
