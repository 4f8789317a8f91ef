import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const GRANTS: Source = 'https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/';
const NEWS: Source =
  'https://support.zendesk.com/hc/en-us/articles/9182123625370-Announcing-support-for-OAuth-refresh-token-grant-type-and-OAuth-access-and-refresh-token-expirations';
const USING: Source =
  'https://support.zendesk.com/hc/en-us/articles/4408845965210-Using-OAuth-authentication-with-your-application';
const CREATING: Source =
  'https://developer.zendesk.com/documentation/authentication/creating-and-using-oauth-tokens-with-the-api';

export const zendesk: ProviderEntry = {
  ...UNKNOWN,
  name: 'zendesk',
  displayName: 'Zendesk',
  kind: 'oauth2',
  tenant: cited({ what: 'subdomain', from: 'link', param: null, hosts: null, example: 'acme' }, USING),
  authorizationUrl: cited('https://{tenant}.zendesk.com/oauth/authorizations/new', USING),
  tokenUrl: cited('https://{tenant}.zendesk.com/oauth/tokens', GRANTS),
  authStyle: cited('body', GRANTS),
  bodyFormat: cited('json', GRANTS),
  tokenParams: cited({ expires_in: '172800' }, GRANTS),
  refreshParams: cited({ expires_in: '172800' }, GRANTS),
  scopeSeparator: cited(' ', USING),
  pkce: seen(true, GRANTS),
  rotation: seen('strict', NEWS),
  accessTokenSeconds: cited(1_800, GRANTS),
  consentIdleSeconds: cited(2_592_000, GRANTS),
  account: cited(
    {
      from: 'url',
      url: 'https://{tenant}.zendesk.com/api/v2/users/me.json',
      idPath: 'user.id',
      labelPath: 'user.email',
    },
    USING,
  ),
  baseUrl: cited('https://{tenant}.zendesk.com', USING),
  allowedHosts: cited(['{tenant}.zendesk.com'], USING),
  scopes: [
    { ...cited('read', USING), byDefault: true, en: 'Read your Zendesk', fr: 'Lire votre Zendesk' },
    { ...cited('write', USING), byDefault: false, en: 'Change your Zendesk', fr: 'Modifier votre Zendesk' },
  ],
  guide: {
    console: null,
    steps: [
      seen(
        'In the Admin Center open "Apps and integrations", "APIs", "OAuth clients", and add an OAuth client.',
        USING,
      ),
      cited('Choose the client type "Confidential", and enter {redirectUri} as a redirect URL.', USING),
      cited('Its identifier is the client ID; copy the secret when it is shown.', USING),
    ],
    traps: [
      seen('A refresh ends the access token and the refresh token before it.', NEWS),
      seen('An OAuth client serves one Zendesk instance; a global one has to be asked for.', CREATING),
      seen('The refresh token flow is demanded of all since 2026-04-30.', NEWS),
    ],
    notSupported: [],
  },
};
