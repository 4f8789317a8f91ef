import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const CLIENT: Source = 'https://github.com/intuit/oauth-jsclient/blob/master/src/OAuthClient.js';
const README: Source = 'https://github.com/intuit/oauth-jsclient/blob/master/README.md';
const OAUTH: Source =
  'https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0';
const FIVE_YEARS: Source = 'https://github.com/intuit/QuickBooks-V3-Java-SDK/releases/tag/v6.5.4';

export const quickbooks: ProviderEntry = {
  ...UNKNOWN,
  name: 'quickbooks',
  displayName: 'QuickBooks Online',
  kind: 'oauth2',
  authorizationUrl: seen('https://appcenter.intuit.com/connect/oauth2', CLIENT),
  tokenUrl: seen('https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer', CLIENT),
  revocationUrl: seen('https://developer.api.intuit.com/v2/oauth2/tokens/revoke', CLIENT),
  revocationFormat: seen('json', CLIENT),
  authStyle: seen('header', CLIENT),
  scopeSeparator: cited(' ', OAUTH),
  rotation: seen('grace', README),
  graceSeconds: seen(86_400, README),
  accessTokenSeconds: seen(3_600, README),
  consentIdleSeconds: cited(8_640_000, OAUTH),
  consentSeconds: seen(157_680_000, FIVE_YEARS),
  account: cited(
    {
      from: 'url',
      url: 'https://accounts.platform.intuit.com/v1/openid_connect/userinfo',
      idPath: 'sub',
      labelPath: 'email',
    },
    OAUTH,
  ),
  tenant: seen({ what: 'company', from: 'redirect', param: 'realmId', hosts: null, example: null }, CLIENT),
  baseUrl: cited('https://quickbooks.api.intuit.com/v3/company/{tenant}', OAUTH),
  allowedHosts: seen(['quickbooks.api.intuit.com'], CLIENT),
  scopes: [
    {
      ...seen('com.intuit.quickbooks.accounting', CLIENT),
      byDefault: true,
      en: 'Read and change the books of your company',
      fr: 'Lire et modifier la comptabilité de votre entreprise',
    },
    {
      ...seen('openid', CLIENT),
      byDefault: true,
      en: 'Know which Intuit user you are',
      fr: 'Savoir quel utilisateur Intuit vous êtes',
    },
    {
      ...seen('email', CLIENT),
      byDefault: true,
      en: 'See your Intuit e-mail address',
      fr: 'Voir votre adresse e-mail Intuit',
    },
    {
      ...seen('com.intuit.quickbooks.payment', CLIENT),
      byDefault: false,
      en: 'Take payments for your company',
      fr: 'Encaisser des paiements pour votre entreprise',
    },
  ],
  guide: {
    console: cited('https://developer.intuit.com/app/developer/dashboard', OAUTH),
    steps: [
      cited('Create an app for QuickBooks Online and Payments.', OAUTH),
      cited('Under "Keys & credentials", for production, add {redirectUri} as a redirect URI.', OAUTH),
      cited('Copy the client ID and the client secret of the same environment.', OAUTH),
    ],
    traps: [
      seen('Keep the newest refresh token: the one before it ends 24 hours after its successor was given.', README),
      seen('The answer tells how long the refresh token lives, in x_refresh_token_expires_in.', README),
      seen('A consent ends after five years, however often it is refreshed.', FIVE_YEARS),
      seen('The sandbox has hosts of its own: sandbox-quickbooks.api.intuit.com.', CLIENT),
      seen('The company (realmId) is told in the redirect only; it is part of the base URL here.', CLIENT),
    ],
    notSupported: [],
  },
};
