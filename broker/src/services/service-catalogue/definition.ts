import { isWithinAudience } from '../seal-contexts';
import { STANDARD } from '../../types/dialect';
import { Problem } from '../../errors/problem';
import { TENANT_URLS } from '../../providers/tenant';
import { checkTenantRule, samplesOf } from './tenant-rule';
import { SERVICE_FIELDS, type Service, type ServiceFields } from '../../repositories/services';
import { mayGetTokens } from './revocation-endpoint';

/** A service as callers describe it. */
export type ServiceDefinition = Omit<ServiceFields, 'scopes'> & { scopes: readonly string[] };

/** What is assumed of a provider that nobody described further; the same as the columns' own defaults, for rows by plain SQL. */
export const DEFAULTS: Omit<ServiceDefinition, 'displayName'> = {
  oauthType: 'oauth2',
  authorizationUrl: null,
  tokenUrl: null,
  refreshUrl: null,
  revocationUrl: null,
  revocationFormat: 'form',
  ...STANDARD,
  renewal: null,
  minAgeSeconds: null,
  scopes: [],
  scopeSeparator: ' ',
  authStyle: 'header',
  pkce: true,
  rotation: 'strict',
  graceSeconds: null,
  defaultTtlSeconds: 3_600,
  refreshAheadSeconds: null,
  consentIdleSeconds: null,
  consentSeconds: null,
  maxConcurrent: 32,
  maxPerMinute: 6_000,
  refreshIntervalSeconds: null,
  baseUrl: null,
  allowedHosts: null,
  requestHeader: 'Authorization',
  requestScheme: null,
  authorizationParams: {},
  issuer: null,
  accountFrom: null,
  accountUrl: null,
  accountIdPath: null,
  accountLabelPath: null,
  verifyUrl: null,
  tenantFrom: null,
  tenantParam: null,
  tenantHosts: null,
  tenantExample: null,
  redirectHmacParam: null,
  scopeTexts: {},
};

const WITH_TOKEN_URL: readonly string[] = ['oauth2', 'client_credentials', 'long_lived'];

/** Throws Problem `invalid_value` for what cannot work, with what to do about it. */
export function checkDefinition(definition: ServiceDefinition, allowedUrl: (url: string) => boolean): void {
  const { oauthType, tokenUrl, rotation, graceSeconds, renewal } = definition;
  if (WITH_TOKEN_URL.includes(oauthType) && tokenUrl === null) {
    throw new Problem(
      'invalid_value',
      `tokenUrl: a service of oauthType ${oauthType} needs one, since tokens come from there.`,
    );
  }
  if (definition.refreshUrl !== null && tokenUrl === null) {
    throw new Problem('invalid_value', 'refreshUrl: goes with a tokenUrl; alone it brings no tokens. Give both.');
  }
  if (renewal === 'check' && (definition.verifyUrl === null || !isWithinAudience(definition, definition.verifyUrl)))
    throw new Problem(
      'invalid_value',
      'verifyUrl: renewal "check" needs one at the host of tokenUrl or refreshUrl: tokens are sealed for these, and asked after there.',
    );
  if ((renewal === 'ig_refresh_token' || renewal === 'th_refresh_token') && definition.refreshUrl === null)
    throw new Problem(
      'invalid_value',
      `refreshUrl: renewal "${renewal}" needs it: such tokens are not renewed at tokenUrl.`,
    );
  if (rotation === 'grace' && graceSeconds === null) {
    throw new Problem(
      'invalid_value',
      'graceSeconds: rotation "grace" needs it: for how many seconds a used refresh token still works.',
    );
  }
  if (definition.accountFrom === 'url' && definition.accountUrl === null) {
    throw new Problem('invalid_value', 'accountUrl: accountFrom "url" needs it: where the account is looked up.');
  }
  checkTenantRule(definition);
  for (const member of TENANT_URLS) {
    const urls = samplesOf(definition).map((sample) => sample[member]);
    if (urls.every((url) => url === null || (allowedUrl(url) && new URL(url).hash === ''))) continue;
    throw new Problem(
      'invalid_value',
      `${member}: must be an https URL of a public host, without user name, password or fragment. For a private host: list it in OTOBOT_PRIVATE_HOSTS.`,
    );
  }
  checkRevocationUrl(definition);
}

/** Throws Problem `invalid_value` for a revocation URL that would not be sent anything. */
function checkRevocationUrl({ revocationUrl, ...endpoints }: ServiceDefinition): void {
  if (revocationUrl === null || mayGetTokens({ revocationUrl, ...endpoints })) return;
  throw new Problem(
    'invalid_value',
    'revocationUrl: must be on the same origin as tokenUrl or refreshUrl, since it is sent refresh tokens. Name one there, or none; what the catalogue knows of the provider is taken as well.',
  );
}

export function fieldsOf({ scopes, ...definition }: ServiceDefinition): ServiceFields {
  return { ...definition, scopes: scopes.join(' ') };
}

export function definitionOf(service: Service): ServiceDefinition {
  const fields = Object.fromEntries(SERVICE_FIELDS.map((field) => [field, service[field]])) as unknown as ServiceFields;
  return { ...fields, scopes: scopesOf(fields.scopes) };
}

/** Rows by plain SQL may part scopes by commas too. */
export function scopesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((scope) => scope !== '');
}
