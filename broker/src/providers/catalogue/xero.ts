import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const LIBRARY: Source = 'https://github.com/XeroAPI/xero-node/blob/master/README.md';
const CLIENT: Source = 'https://github.com/XeroAPI/xero-node/blob/master/src/XeroClient.ts';
const FLOW: Source = 'https://developer.xero.com/documentation/guides/oauth2/auth-flow';

export const xero: ProviderEntry = {
  ...UNKNOWN,
  name: 'xero',
  displayName: 'Xero',
  kind: 'oauth2',
  authorizationUrl: cited('https://login.xero.com/identity/connect/authorize', FLOW),
  tokenUrl: seen('https://identity.xero.com/connect/token', CLIENT),
  revocationUrl: cited('https://identity.xero.com/connect/revocation', FLOW),
  authStyle: seen('header', CLIENT),
  scopeSeparator: seen(' ', CLIENT),
  rotation: cited('grace', FLOW),
  graceSeconds: cited(1_800, FLOW),
  accessTokenSeconds: seen(1_800, LIBRARY),
  consentIdleSeconds: seen(5_184_000, LIBRARY),
  account: cited({ from: 'id_token', url: null, idPath: 'sub', labelPath: 'email' }, FLOW),
  baseUrl: seen('https://api.xero.com', CLIENT),
  allowedHosts: seen(['api.xero.com'], CLIENT),
  scopes: [
    {
      ...seen('openid', LIBRARY),
      byDefault: true,
      en: 'Know which Xero user you are',
      fr: 'Savoir quel utilisateur Xero vous êtes',
    },
    {
      ...seen('email', LIBRARY),
      byDefault: true,
      en: 'See the e-mail address of your Xero user',
      fr: 'Voir l’adresse e-mail de votre utilisateur Xero',
    },
    {
      ...seen('offline_access', LIBRARY),
      byDefault: true,
      en: 'Keep this access while you are away',
      fr: 'Conserver cet accès en votre absence',
    },
    {
      ...seen('accounting.settings', LIBRARY),
      byDefault: false,
      en: 'Read and change the settings of your books',
      fr: 'Lire et modifier les réglages de votre comptabilité',
    },
  ],
  guide: {
    console: cited('https://developer.xero.com/app/manage', FLOW),
    steps: [
      cited('Create an app of the type "Web app" and enter {redirectUri} as its redirect URI.', FLOW),
      seen('Copy the client ID and the client secret of the app.', LIBRARY),
      seen('Decide which scopes the workflows need.', LIBRARY),
    ],
    traps: [
      cited('After a refresh the token before it may be tried again for 30 minutes.', FLOW),
      seen('A refresh token ends after 60 days.', LIBRARY),
      seen(
        'The organisations of a consent are listed by GET /connections; requests name one in xero-tenant-id.',
        CLIENT,
      ),
      seen('Revoking a refresh token removes all connections of that user to the app.', LIBRARY),
    ],
    notSupported: ['The choice among several organisations: the header xero-tenant-id has to be set in n8n.'],
  },
};
