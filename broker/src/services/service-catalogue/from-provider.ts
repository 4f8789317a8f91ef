import { Problem } from '../../errors/problem';
import { CATALOGUE, findProvider } from '../../providers/catalogue/catalogue';
import type { Known, ProviderEntry } from '../../providers/catalogue/entry';
import type { ServiceDefinition } from './definition';

/**
 * What is known of a provider, as a service, nothing of none: for the rest the defaults hold. `tenant` is the customer's part of the host, where the
 * provider has one per customer. Throws Problem `invalid_value` for a provider that is not known and for a tenant that does not fit.
 */
export function fromProvider(provider: string | undefined, tenant: string | undefined): Partial<ServiceDefinition> {
  if (provider === undefined) {
    if (tenant === undefined) return {};
    throw new Problem('invalid_value', 'tenant: it belongs to a provider that is known. Name that in "from".');
  }
  const entry = findProvider(provider);
  if (entry === null) {
    const names = CATALOGUE.map(({ name }) => name).join(', ');
    throw new Problem('invalid_value', `from: "${provider}" is no provider that is known. These are: ${names}.`);
  }
  const filled = hostFiller(entry, tenant);
  const accountUrl = entry.account?.value.url;
  const asked = entry.scopes.filter(({ byDefault }) => byDefault);
  return onlyKnown({
    displayName: entry.displayName,
    oauthType: entry.kind,
    authorizationUrl: filled(entry.authorizationUrl),
    tokenUrl: filled(entry.tokenUrl),
    refreshUrl: filled(entry.refreshUrl),
    revocationUrl: filled(entry.revocationUrl),
    bodyFormat: entry.bodyFormat?.value,
    paramNames: entry.paramNames?.value,
    tokenParams: entry.tokenParams?.value,
    refreshParams: entry.refreshParams?.value,
    answerPath: entry.answerPath?.value,
    permanentErrors: entry.permanentErrors?.value,
    renewal: entry.renewal?.value,
    minAgeSeconds: entry.minAgeSeconds?.value,
    refreshAheadSeconds: entry.refreshAheadSeconds?.value,
    scopes: asked.map(({ value }) => value),
    scopeSeparator: entry.scopeSeparator?.value,
    authStyle: entry.authStyle?.value,
    pkce: entry.pkce?.value,
    rotation: entry.rotation?.value,
    graceSeconds: entry.graceSeconds?.value,
    defaultTtlSeconds: entry.accessTokenSeconds?.value,
    consentIdleSeconds: entry.consentIdleSeconds?.value,
    consentSeconds: entry.consentSeconds?.value,
    baseUrl: filled(entry.baseUrl),
    allowedHosts: entry.allowedHosts?.value.map((host) => filled({ value: host })),
    requestHeader: entry.requestHeader?.value,
    requestScheme: entry.requestScheme?.value,
    authorizationParams: entry.authorizationParams?.value,
    issuer: entry.issuer?.value,
    accountFrom: entry.account?.value.from,
    accountUrl: typeof accountUrl === 'string' ? filled({ value: accountUrl }) : undefined,
    accountIdPath: entry.account?.value.idPath,
    accountLabelPath: entry.account?.value.labelPath,
    verifyUrl: filled(entry.verifyUrl),
    scopeTexts: Object.fromEntries(entry.scopes.map(({ value, en, fr }) => [value, { en, fr }])),
  });
}

interface FillHost {
  (fact: { value: string }): string;
  (fact: Known<string>): string | undefined;
}

/** Puts the tenant into a host. What it may be is decided by the provider's anchored pattern alone: `evil.com/`, `x@evil.com` never fit. */
function hostFiller({ name, tenant }: ProviderEntry, given: string | undefined): FillHost {
  if (tenant === null && given !== undefined)
    throw new Problem('invalid_value', `tenant: ${name} has the same hosts for everybody. Leave it out.`);
  if (tenant !== null && (given === undefined || !tenant.value.pattern.test(given))) {
    const what = `must be the ${tenant.value.name}, such as ${tenant.value.example}`;
    throw new Problem('invalid_value', `tenant: ${what}: it is a part of the host names of ${name}.`);
  }
  const fill = (fact: Known<string> | { value: string }): string | undefined =>
    tenant === null ? fact?.value : fact?.value.replaceAll(`{${tenant.value.name}}`, given ?? '');
  return fill as FillHost;
}

function onlyKnown<Members extends object>(members: {
  [Key in keyof Members]: Members[Key] | undefined;
}): Partial<Members> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<Members>;
}
