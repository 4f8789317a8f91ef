import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const OAUTH: Source = 'https://www.airwallex.com/docs/partner-api/authentication/oauth2';
const EXISTING: Source =
  'https://airwallex.com/docs/developer-tools__implement-your-authorization-flow__existing-customers';
const NEW: Source =
  'https://www.airwallex.com/docs/developer-tools/partner-connections/implement-your-authorization-flow/new-airwallex-customers';
const ERRORS: Source =
  'https://www.airwallex.com/docs/developer-tools/partner-connections/troubleshooting-oauth-errors';

export const airwallex: ProviderEntry = {
  ...UNKNOWN,
  name: 'airwallex',
  displayName: 'Airwallex',
  kind: 'oauth2',
  authorizationUrl: seen('https://airwallex.com/oauth/authorize', EXISTING),
  tokenUrl: seen('https://api.airwallex.com/oauth/token', NEW),
  authStyle: cited('body', NEW),
  scopeSeparator: cited(' ', EXISTING),
  pkce: seen(true, OAUTH),
  consentIdleSeconds: seen(7_776_000, ERRORS),
  baseUrl: seen('https://api.airwallex.com', NEW),
  allowedHosts: seen(['api.airwallex.com'], NEW),
  guide: {
    console: null,
    steps: [
      seen('Register the application with Airwallex, which gives the client ID and the client secret.', OAUTH),
      seen('Have {redirectUri} whitelisted.', EXISTING),
    ],
    traps: [
      seen(
        'Reusing a refresh token outside a grace period revokes it; how long that period is was not found, so it is treated as single use.',
        ERRORS,
      ),
      seen('A refresh token ends after 90 days; the answer tells it in refresh_token_expires_in.', ERRORS),
      seen(
        'A token reaches only the APIs of the scopes that were asked for: name them when you make the service.',
        OAUTH,
      ),
    ],
    notSupported: ['The account: which look-up works depends on the scopes.'],
  },
};
