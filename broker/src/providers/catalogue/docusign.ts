import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const CLIENT: Source = 'https://github.com/docusign/docusign-esign-node-client/blob/master/src/ApiClient.js';
const PATHS: Source = 'https://github.com/docusign/docusign-esign-node-client/blob/master/src/oauth/BasePath.js';
const SCOPES: Source = 'https://github.com/docusign/docusign-esign-node-client/blob/master/src/oauth/Scope.js';
const USER: Source = 'https://github.com/docusign/docusign-esign-node-client/blob/master/src/oauth/UserInfo.js';
const REFRESH: Source = 'https://www.docusign.com/blog/developers/authorization-code-grant-refresh-tokens';

export const docusign: ProviderEntry = {
  ...UNKNOWN,
  name: 'docusign',
  displayName: 'DocuSign',
  kind: 'oauth2',
  authorizationUrl: seen('https://account.docusign.com/oauth/auth', CLIENT),
  tokenUrl: seen('https://account.docusign.com/oauth/token', CLIENT),
  authStyle: seen('header', CLIENT),
  scopeSeparator: seen(' ', CLIENT),
  accessTokenSeconds: cited(28_800, REFRESH),
  consentIdleSeconds: cited(2_592_000, REFRESH),
  account: seen(
    { from: 'url', url: 'https://account.docusign.com/oauth/userinfo', idPath: 'sub', labelPath: 'email' },
    USER,
  ),
  allowedHosts: cited(['docusign.net'], REFRESH),
  scopes: [
    {
      ...seen('signature', SCOPES),
      byDefault: true,
      en: 'Send, read and sign documents for you',
      fr: 'Envoyer, lire et signer des documents en votre nom',
    },
    {
      ...seen('extended', SCOPES),
      byDefault: true,
      en: 'Keep this access for longer',
      fr: 'Conserver cet accès plus longtemps',
    },
  ],
  guide: {
    console: null,
    steps: [],
    traps: [
      cited(
        'With the scope extended each refresh gives a refresh token of another 30 days; without it, consent is needed every 30 days.',
        REFRESH,
      ),
      seen(
        'The sandbox is at account-d.docusign.com: make a service of its own for it, with that host in its URLs.',
        PATHS,
      ),
      seen('The base URL of an account is named at /oauth/userinfo, among its accounts.', USER),
    ],
    notSupported: [
      'The base URL of each account (base_uri): it is not looked up; ask /oauth/userinfo in the workflow.',
      'The JWT grant (impersonation).',
    ],
  },
};
