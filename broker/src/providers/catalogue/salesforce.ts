import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const WEB_SERVER: Source =
  'https://help.salesforce.com/HTViewHelpDoc?id=remoteaccess_oauth_web_server_flow.htm&language=en_US';
const ENDPOINTS: Source =
  'https://developer.salesforce.com/docs/atlas.en-us.222.0.api_rest.meta/api/intro_understanding_oauth_endpoints.htm';
const REFRESH: Source =
  'https://help.salesforce.com/apex/HTViewHelpDoc?id=remoteaccess_oauth_refresh_token_flow.htm&language=en_US';
const USER_INFO: Source =
  'https://help.salesforce.com/HTViewHelpDoc?id=remoteaccess_using_userinfo_endpoint.htm&language=en_US';
const SECURE: Source = 'https://developer.salesforce.com/docs/platform/isvforce/guide/secure-code-ac-eca.md';
const SCOPES: Source =
  'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_tokens_scopes.htm&type=5';
const CREATING: Source =
  'https://help.salesforce.com/s/articleView?id=xcloud.create_a_local_external_client_app.htm&type=5';

export const salesforce: ProviderEntry = {
  ...UNKNOWN,
  name: 'salesforce',
  displayName: 'Salesforce',
  kind: 'oauth2',
  authorizationUrl: seen('https://login.salesforce.com/services/oauth2/authorize', ENDPOINTS),
  tokenUrl: seen('https://login.salesforce.com/services/oauth2/token', ENDPOINTS),
  revocationUrl: seen('https://login.salesforce.com/services/oauth2/revoke', ENDPOINTS),
  authStyle: cited('body', WEB_SERVER),
  scopeSeparator: cited(' ', SCOPES),
  pkce: seen(true, WEB_SERVER),
  rotation: seen('strict', REFRESH),
  account: cited(
    {
      from: 'url',
      url: 'https://login.salesforce.com/services/oauth2/userinfo',
      idPath: 'user_id',
      labelPath: 'preferred_username',
    },
    USER_INFO,
  ),
  allowedHosts: cited(
    ['salesforce.com'],
    'https://help.salesforce.com/s/articleView?id=xcloud.domain_name_overview.htm&type=5',
  ),
  scopes: [
    {
      ...cited('api', SCOPES),
      byDefault: true,
      en: 'Read and change your Salesforce data, as far as you may yourself',
      fr: 'Lire et modifier vos données Salesforce, dans la limite de vos propres droits',
    },
    {
      ...cited('refresh_token', SCOPES),
      byDefault: true,
      en: 'Keep this access while you are away',
      fr: 'Conserver cet accès en votre absence',
    },
    {
      ...cited('openid', SCOPES),
      byDefault: true,
      en: 'Know which Salesforce user you are',
      fr: 'Savoir quel utilisateur Salesforce vous êtes',
    },
  ],
  guide: {
    console: cited('https://login.salesforce.com', CREATING),
    steps: [
      cited('In Setup, open "External Client App Manager" and create a new external client app.', CREATING),
      cited('Enable OAuth and enter {redirectUri} as the callback URL.', CREATING),
      cited('Select the scopes below, and require PKCE.', CREATING),
      cited('Copy the consumer key (the client ID) and the consumer secret.', CREATING),
    ],
    traps: [
      seen('Since Spring 2026 no new connected apps can be made: make an external client app.', SECURE),
      seen('Where refresh token rotation is on, each refresh token works once; it is treated so in any case.', REFRESH),
      cited('Answers carry no lifetime (expires_in).', REFRESH),
      seen(
        "An access token lives as long as the session timeout of the app says: set the service's --default-ttl-seconds below that.",
        REFRESH,
      ),
      cited('A user has at most five grants per app: the sixth ends the oldest.', REFRESH),
      seen(
        'A sandbox is reached at test.salesforce.com: make a service of its own for it, with that host in its URLs.',
        ENDPOINTS,
      ),
      cited('The API lives at the instance_url of each customer, which the served credential carries.', WEB_SERVER),
    ],
    notSupported: [],
  },
};
