import { Problem } from '../../errors/problem';
import { CATALOGUE, findProvider } from '../../providers/catalogue/catalogue';
import type { ServiceDefinition } from './definition';

/**
 * What is known of a provider, as a service, nothing of none: for the rest the defaults hold.
 * Throws Problem `invalid_value` for a provider that is not known.
 */
export function fromProvider(provider: string | undefined): Partial<ServiceDefinition> {
  if (provider === undefined) return {};
  const entry = findProvider(provider);
  if (entry === null) {
    const names = CATALOGUE.map(({ name }) => name).join(', ');
    throw new Problem('invalid_value', `from: "${provider}" is no provider that is known. These are: ${names}.`);
  }
  const tenant = entry.tenant?.value;
  const asked = entry.scopes.filter(({ byDefault }) => byDefault);
  return onlyKnown({
    displayName: entry.displayName,
    oauthType: entry.kind,
    authorizationUrl: entry.authorizationUrl?.value,
    tokenUrl: entry.tokenUrl?.value,
    refreshUrl: entry.refreshUrl?.value,
    revocationUrl: entry.revocationUrl?.value,
    bodyFormat: entry.bodyFormat?.value,
    paramNames: entry.paramNames?.value,
    tokenParams: entry.tokenParams?.value,
    refreshParams: entry.refreshParams?.value,
    answerPath: entry.answerPath?.value,
    permanentErrors: entry.permanentErrors?.value,
    renewal: entry.renewal?.value,
    minAgeSeconds: entry.minAgeSeconds?.value,
    refreshAheadSeconds: entry.refreshAheadSeconds?.value,
    revocationFormat: entry.revocationFormat?.value,
    refreshIntervalSeconds: entry.refreshIntervalSeconds?.value,
    scopes: asked.map(({ value }) => value),
    scopeSeparator: entry.scopeSeparator?.value,
    authStyle: entry.authStyle?.value,
    pkce: entry.pkce?.value,
    rotation: entry.rotation?.value,
    graceSeconds: entry.graceSeconds?.value,
    defaultTtlSeconds: entry.accessTokenSeconds?.value,
    consentIdleSeconds: entry.consentIdleSeconds?.value,
    consentSeconds: entry.consentSeconds?.value,
    baseUrl: entry.baseUrl?.value,
    allowedHosts: entry.allowedHosts?.value,
    requestHeader: entry.requestHeader?.value,
    requestScheme: entry.requestScheme?.value,
    authorizationParams: entry.authorizationParams?.value,
    issuer: entry.issuer?.value,
    accountFrom: entry.account?.value.from,
    accountUrl: entry.account?.value.url ?? undefined,
    accountIdPath: entry.account?.value.idPath,
    accountLabelPath: entry.account?.value.labelPath,
    verifyUrl: entry.verifyUrl?.value,
    tenantFrom: tenant?.from,
    tenantParam: tenant?.param,
    tenantHosts: tenant?.hosts,
    tenantExample: tenant?.example,
    redirectHmacParam: entry.redirectHmacParam?.value,
    scopeTexts: Object.fromEntries(entry.scopes.map(({ value, en, fr }) => [value, { en, fr }])),
  });
}

function onlyKnown<Members extends object>(members: {
  [Key in keyof Members]: Members[Key] | undefined;
}): Partial<Members> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<Members>;
}
