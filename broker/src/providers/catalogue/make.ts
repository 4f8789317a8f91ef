import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const FLOW: Source =
  'https://developers.make.com/api-documentation/authentication/oauth-flow/authorization-code-flow-with-refresh-token-confidential-clients';
const DISCOVERY: Source =
  'https://developers.make.com/api-documentation/api-reference/oidc-authentication/get--oidc--.well-known--openid-configuration';
const OAUTH: Source = 'https://developers.make.com/api-documentation/api-reference/oauth-2.0-authorization';

export const make: ProviderEntry = {
  ...UNKNOWN,
  name: 'make',
  displayName: 'Make',
  kind: 'oauth2',
  authorizationUrl: seen('https://www.make.com/oauth/v2/authorize', FLOW),
  tokenUrl: seen('https://www.make.com/oauth/v2/token', FLOW),
  revocationUrl: seen('https://www.make.com/oauth/v2/revoke', DISCOVERY),
  authStyle: seen('body', DISCOVERY),
  pkce: seen(true, DISCOVERY),
  account: seen({ from: 'id_token', url: null, idPath: 'sub', labelPath: null }, DISCOVERY),
  allowedHosts: cited(['make.com'], OAUTH),
  scopes: [
    {
      ...seen('openid', FLOW),
      byDefault: true,
      en: 'Know which Make user you are',
      fr: 'Savoir quel utilisateur Make vous êtes',
    },
  ],
  guide: {
    console: null,
    steps: [],
    traps: [
      cited(
        'Tokens come from www.make.com; the API lives at the zone of each organization (such as eu1.make.com).',
        OAUTH,
      ),
      seen(
        'How long an access token lives is told in expires_in: older notes say five minutes, the example in the documentation an hour.',
        FLOW,
      ),
    ],
    notSupported: [],
  },
};
