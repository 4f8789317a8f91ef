import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const REFRESH: Source = 'https://www.zoho.com/fsm/developer/help/api/refresh-token.html';
const CONTRACTS: Source = 'https://www.zoho.com/contracts/api/getting-started/refreshing-access-tokens.html';
const MEETING: Source = 'https://zoho.com/meeting/api-integration/authentication.html';
const HEADER: Source = 'https://github.com/zoho/zohocrm-nodejs-sdk-7.0/blob/master/lib/utils/util/constants.js';
const REVOKING: Source = 'https://zoho.com/accounts/protocol/oauth/revoke-refresh-token.html';
const MULTI_DC: Source = 'https://zoho.com/accounts/protocol/oauth/multi-dc.html';
const CENTRES: Source = 'https://zoho.com/accounts/protocol/oauth/multi-dc/client-authorization.html';
const DOMAINS: Source = 'https://www.bigin.com/developer/docs/apis/multi-dc.html';

export const zoho: ProviderEntry = {
  ...UNKNOWN,
  name: 'zoho',
  displayName: 'Zoho',
  kind: 'oauth2',
  tenant: seen(
    {
      what: 'data centre',
      from: 'redirect',
      param: 'accounts-server',
      hosts: [
        'accounts.zoho.com',
        'accounts.zoho.eu',
        'accounts.zoho.in',
        'accounts.zoho.com.au',
        'accounts.zoho.com.cn',
        'accounts.zoho.jp',
        'accounts.zohocloud.ca',
        'accounts.zoho.sa',
      ],
      example: null,
    },
    DOMAINS,
  ),
  authorizationUrl: seen('https://accounts.zoho.com/oauth/v2/auth', CENTRES),
  tokenUrl: seen('https://{tenant}/oauth/v2/token', CENTRES),
  revocationUrl: seen('https://{tenant}/oauth/v2/token/revoke', CONTRACTS),
  revocationFormat: seen('query', REVOKING),
  authorizationParams: seen({ access_type: 'offline', prompt: 'consent' }, MEETING),
  authStyle: cited('body', CONTRACTS),
  scopeSeparator: seen(',', MEETING),
  rotation: cited('none', REFRESH),
  // Ten in ten minutes.
  refreshIntervalSeconds: cited(60, REFRESH),
  accessTokenSeconds: seen(3_600, REFRESH),
  allowedHosts: seen(
    [
      'zohoapis.com',
      'zohoapis.eu',
      'zohoapis.in',
      'zohoapis.com.au',
      'zohoapis.com.cn',
      'zohoapis.jp',
      'zohoapis.ca',
      'zohoapis.sa',
    ],
    DOMAINS,
  ),
  requestScheme: seen('Zoho-oauthtoken', HEADER),
  guide: {
    console: null,
    steps: [],
    traps: [
      seen(
        'Each data centre has hosts of its own. The redirect names the one of the account (accounts-server): tokens are fetched and renewed there.',
        CENTRES,
      ),
      seen(
        'For accounts of other data centres the client must have Multi DC support switched on, at the API console.',
        MULTI_DC,
      ),
      seen('The API of an account lives at the api_domain of the token answer.', REFRESH),
      seen(
        'A user has 20 refresh tokens at most: the 21st ends the first. A refresh token has 30 access tokens at most.',
        REFRESH,
      ),
      seen('prompt=consent makes Zoho give a refresh token every time: it is set here.', MEETING),
      seen(
        'Scopes are those of the product, such as ZohoMeeting.meeting.READ: name them when you make the service.',
        MEETING,
      ),
    ],
    notSupported: [
      'The data centre of the United Kingdom: its API host was not found described. Add both hosts, to --tenant-hosts and --allowed-hosts.',
      'Zoho shows the parameters of token requests in the query; Otobot sends them in the body. This has not been tried.',
      'The account: which look-up works depends on the product.',
    ],
  },
};
