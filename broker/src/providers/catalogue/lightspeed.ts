import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const ROTATION: Source = 'https://x-series-api.lightspeedhq.com/changelog/2025-03-refresh-token-flow-update';
const AUTH: Source = 'https://x-series-api.lightspeedhq.com/docs/authorization';
const SECURITY: Source = 'https://x-series-api.lightspeedhq.com/changelog/2017-03-security-update';

export const lightspeed: ProviderEntry = {
  ...UNKNOWN,
  name: 'lightspeed',
  displayName: 'Lightspeed Retail (X-Series)',
  kind: 'oauth2',
  tenant: seen({ name: 'domain_prefix', pattern: /^[a-z0-9][a-z0-9-]{0,62}$/, example: 'acme' }, ROTATION),
  authorizationUrl: cited('https://secure.retail.lightspeed.app/connect', AUTH),
  tokenUrl: seen('https://{domain_prefix}.retail.lightspeed.app/api/1.0/token', ROTATION),
  authStyle: seen('body', ROTATION),
  rotation: seen('strict', ROTATION),
  accessTokenSeconds: seen(604_800, ROTATION),
  baseUrl: seen('https://{domain_prefix}.retail.lightspeed.app', ROTATION),
  allowedHosts: seen(['{domain_prefix}.retail.lightspeed.app'], ROTATION),
  guide: {
    console: null,
    steps: [
      seen('Register as a developer; that account is not the one of the shop.', AUTH),
      seen('Create an application with {redirectUri} as its redirect URI.', AUTH),
      seen('Copy the client ID and the client secret.', AUTH),
    ],
    traps: [
      seen('Each shop has a host of its own: its domain prefix is the tenant.', ROTATION),
      seen(
        'Since March 2025 a used refresh token is revoked once its successor was given: the newest one has to be used.',
        ROTATION,
      ),
      seen('An app that Lightspeed has not approved connects 30 stores at most.', AUTH),
      seen('Parameters of token requests go into the body: in the URL they are refused.', SECURITY),
    ],
    notSupported: ['The account: the shop is the tenant of the service, and is not asked again.'],
  },
};
