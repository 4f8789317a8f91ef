import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const CLIENT: Source = 'https://github.com/klaviyo/klaviyo-api-node/blob/main/api/apis.ts';
const README: Source = 'https://github.com/klaviyo/klaviyo-api-node/blob/main/README.md';
const SETUP: Source = 'https://developers.klaviyo.com/en/docs/set_up_oauth';

export const klaviyo: ProviderEntry = {
  ...UNKNOWN,
  name: 'klaviyo',
  displayName: 'Klaviyo',
  kind: 'oauth2',
  authorizationUrl: seen('https://klaviyo.com/oauth/authorize', CLIENT),
  tokenUrl: seen('https://a.klaviyo.com/oauth/token', CLIENT),
  revocationUrl: cited('https://a.klaviyo.com/oauth/revoke', SETUP),
  authStyle: seen('header', CLIENT),
  scopeSeparator: cited(' ', SETUP),
  pkce: seen(true, CLIENT),
  baseUrl: cited('https://a.klaviyo.com/api', SETUP),
  allowedHosts: cited(['a.klaviyo.com'], SETUP),
  scopes: [
    {
      ...cited('accounts:read', SETUP),
      byDefault: true,
      en: 'See your Klaviyo account',
      fr: 'Voir votre compte Klaviyo',
    },
    {
      ...cited('profiles:read', SETUP),
      byDefault: false,
      en: 'See the profiles of your customers',
      fr: 'Voir les profils de vos clients',
    },
  ],
  guide: {
    console: seen('https://www.klaviyo.com/oauth/client', README),
    steps: [
      seen('Configure an integration in Klaviyo.', README),
      seen('Add {redirectUri} to the redirect URLs of the integration, and add the scopes there too.', README),
      cited('Copy the client ID and the client secret.', SETUP),
    ],
    traps: [
      seen('Scopes work only where they were added to the settings of the app too.', README),
      cited('Requests of the API need a header named revision: add it in n8n.', SETUP),
    ],
    notSupported: [
      'The account: Klaviyo names it in an answer that needs the header revision, which look-ups do not send.',
    ],
  },
};
