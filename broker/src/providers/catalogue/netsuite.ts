import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const TOKEN: Source = 'https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_160855590788.html';
const REFRESH: Source = 'https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_160855594402.html';
const FLOW: Source =
  'https://docs.oracle.com/en/middleware/idm/identity-governance-connectors/12.2.1.3/cgnsc/oauth2_0_flow_to_generate_the_user-level_tokens.html';
const HELP: Source = 'https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/chapter_157769826287.html';
const CONNECT: Source = 'https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/article_0907013045.html';

export const netsuite: ProviderEntry = {
  ...UNKNOWN,
  name: 'netsuite',
  displayName: 'NetSuite',
  kind: 'oauth2',
  tenant: cited({ what: 'account ID', from: 'link', param: null, hosts: null, example: '1234567' }, TOKEN),
  authorizationUrl: cited('https://{tenant}.app.netsuite.com/app/login/oauth2/authorize.nl', FLOW),
  tokenUrl: seen('https://{tenant}.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token', TOKEN),
  authStyle: seen('header', REFRESH),
  scopeSeparator: seen(' ', FLOW),
  pkce: seen(true, TOKEN),
  accessTokenSeconds: seen(3_600, CONNECT),
  consentSeconds: cited(604_800, HELP),
  baseUrl: seen('https://{tenant}.suitetalk.api.netsuite.com', TOKEN),
  allowedHosts: cited(['{tenant}.suitetalk.api.netsuite.com', '{tenant}.restlets.api.netsuite.com'], TOKEN),
  scopes: [
    {
      ...seen('rest_webservices', FLOW),
      byDefault: true,
      en: 'Read and change NetSuite records, as far as your role may',
      fr: 'Lire et modifier les enregistrements NetSuite, dans la limite de votre rôle',
    },
    {
      ...seen('restlets', FLOW),
      byDefault: false,
      en: 'Call the RESTlets of your account',
      fr: 'Appeler les RESTlets de votre compte',
    },
  ],
  guide: {
    console: null,
    steps: [],
    traps: [
      cited(
        'Each account has hosts of its own, with its ID in lower case and a dash for an underscore (1234567-sb1).',
        TOKEN,
      ),
      cited('A refresh token ends seven days after the consent, and refreshing does not extend it.', HELP),
      seen('OAuth 2.0 serves REST web services, RESTlets and SuiteAnalytics Connect, not SOAP.', HELP),
    ],
    notSupported: [
      'The account: NetSuite puts it into the redirect (company, entity, role), which is not read.',
      'The machine-to-machine flow with a certificate, which has no seven-day end.',
    ],
  },
};
