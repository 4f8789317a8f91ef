import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const OAUTH: Source = 'https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/';
const LIBRARY: Source = 'https://github.com/mailchimp/mailchimp-marketing-node/blob/master/README.md';

export const mailchimp: ProviderEntry = {
  ...UNKNOWN,
  name: 'mailchimp',
  displayName: 'Mailchimp',
  kind: 'oauth2',
  authorizationUrl: cited('https://login.mailchimp.com/oauth2/authorize', OAUTH),
  tokenUrl: cited('https://login.mailchimp.com/oauth2/token', OAUTH),
  authStyle: cited('body', OAUTH),
  account: cited(
    { from: 'url', url: 'https://login.mailchimp.com/oauth2/metadata', idPath: 'user_id', labelPath: 'accountname' },
    OAUTH,
  ),
  tenant: cited({ what: 'server prefix', from: 'lookup', param: 'dc', hosts: null, example: null }, OAUTH),
  baseUrl: seen('https://{tenant}.api.mailchimp.com', LIBRARY),
  allowedHosts: seen(['{tenant}.api.mailchimp.com'], LIBRARY),
  guide: {
    console: cited('https://admin.mailchimp.com/account/oauth2/', OAUTH),
    steps: [
      cited('Register an app with {redirectUri} as its redirect URI.', OAUTH),
      cited('Copy the client ID and the client secret.', OAUTH),
    ],
    traps: [
      seen('The API lives at <server prefix>.api.mailchimp.com, such as us19.', LIBRARY),
      cited('The prefix is told as dc at https://login.mailchimp.com/oauth2/metadata.', OAUTH),
      cited('Tokens do not expire, and expires_in is 0; there is no refresh token.', OAUTH),
      cited('There are no scopes: a token reaches everything that the person can reach.', OAUTH),
    ],
    notSupported: [
      'The scheme OAuth before the token in the request for the metadata: look-ups send Bearer. This has not been tried.',
    ],
  },
};
