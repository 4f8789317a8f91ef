import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const ROTATION: Source = 'https://x-series-api.lightspeedhq.com/changelog/2025-03-refresh-token-flow-update';
const AUTH: Source = 'https://x-series-api.lightspeedhq.com/docs/authorization';
const SECURITY: Source = 'https://x-series-api.lightspeedhq.com/changelog/2017-03-security-update';

export const lightspeed: ProviderEntry = {
  ...UNKNOWN,
  name: 'lightspeed',
  displayName: 'Lightspeed Retail (X-Series)',
  kind: 'oauth2',
  tenant: cited(
    { what: 'domain prefix', from: 'redirect', param: 'domain_prefix', hosts: null, example: 'acme' },
    AUTH,
  ),
  authorizationUrl: cited('https://secure.retail.lightspeed.app/connect', AUTH),
  tokenUrl: seen('https://{tenant}.retail.lightspeed.app/api/1.0/token', ROTATION),
  authStyle: seen('body', ROTATION),
  rotation: seen('strict', ROTATION),
  accessTokenSeconds: seen(604_800, ROTATION),
  baseUrl: seen('https://{tenant}.retail.lightspeed.app', ROTATION),
  allowedHosts: seen(['{tenant}.retail.lightspeed.app'], ROTATION),
  guide: {
    console: null,
    steps: [
      seen('Register as a developer; that account is not the one of the shop.', AUTH),
      seen('Create an application with {redirectUri} as its redirect URI.', AUTH),
      seen('Copy the client ID and the client secret.', AUTH),
    ],
    traps: [
      seen('Each shop has a host of its own, by its domain prefix.', ROTATION),
      seen(
        'Since March 2025 a used refresh token is revoked once its successor was given: the newest one has to be used.',
        ROTATION,
      ),
      seen('An app that Lightspeed has not approved connects 30 stores at most.', AUTH),
      seen('Parameters of token requests go into the body: in the URL they are refused.', SECURITY),
    ],
    notSupported: ['The account: it is not asked; the shop is the tenant of the connection.'],
  },
};
