import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const REFRESH: Source = 'https://www.zoho.com/fsm/developer/help/api/refresh-token.html';
const CONTRACTS: Source = 'https://www.zoho.com/contracts/api/getting-started/refreshing-access-tokens.html';
const MEETING: Source = 'https://zoho.com/meeting/api-integration/authentication.html';
const HEADER: Source = 'https://github.com/zoho/zohocrm-nodejs-sdk-7.0/blob/master/lib/utils/util/constants.js';
const EUROPE: Source = 'https://github.com/zoho/zohocrm-nodejs-sdk-7.0/blob/master/lib/routes/dc/eu_data_center.js';

export const zoho: ProviderEntry = {
  ...UNKNOWN,
  name: 'zoho',
  displayName: 'Zoho',
  kind: 'oauth2',
  tenant: seen({ name: 'domain', pattern: /^(?:com|eu|in|com\.au|sa)$/, example: 'eu' }, REFRESH),
  authorizationUrl: seen('https://accounts.zoho.{domain}/oauth/v2/auth', MEETING),
  tokenUrl: seen('https://accounts.zoho.{domain}/oauth/v2/token', REFRESH),
  revocationUrl: seen('https://accounts.zoho.{domain}/oauth/v2/token/revoke', CONTRACTS),
  authorizationParams: seen({ access_type: 'offline', prompt: 'consent' }, MEETING),
  authStyle: cited('body', CONTRACTS),
  scopeSeparator: seen(',', MEETING),
  rotation: cited('none', REFRESH),
  accessTokenSeconds: seen(3_600, REFRESH),
  baseUrl: seen('https://www.zohoapis.{domain}', EUROPE),
  allowedHosts: seen(['zohoapis.{domain}'], EUROPE),
  requestScheme: seen('Zoho-oauthtoken', HEADER),
  guide: {
    console: null,
    steps: [],
    traps: [
      seen('Each data centre has hosts of its own: the end of the host name is the tenant.', REFRESH),
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
      'The data centre of each account (accounts-server and location in the redirect): it is not read there. Make one service per data centre.',
      'Canada, at zohocloud.ca: its hosts are of another form.',
      'Zoho shows the parameters of token requests in the query; Otobot sends them in the body. This has not been tried.',
      'The account: which look-up works depends on the product.',
    ],
  },
};
