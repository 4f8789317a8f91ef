import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const SPEC: Source = 'https://github.com/box/box-openapi/blob/main/openapi.json';
const EXPIRATION: Source = 'https://developer.box.com/guides/api-calls/permissions-and-errors/expiration';

export const box: ProviderEntry = {
  ...UNKNOWN,
  name: 'box',
  displayName: 'Box',
  kind: 'oauth2',
  authorizationUrl: seen('https://account.box.com/api/oauth2/authorize', SPEC),
  tokenUrl: seen('https://api.box.com/oauth2/token', SPEC),
  revocationUrl: seen('https://api.box.com/oauth2/revoke', SPEC),
  authStyle: seen('body', SPEC),
  scopeSeparator: seen(' ', SPEC),
  rotation: cited('strict', EXPIRATION),
  accessTokenSeconds: seen(3_600, SPEC),
  consentIdleSeconds: cited(5_184_000, EXPIRATION),
  account: cited(
    { from: 'url', url: 'https://api.box.com/2.0/users/me', idPath: 'id', labelPath: 'login' },
    'https://developer.box.com/reference/get-users-me/',
  ),
  baseUrl: seen('https://api.box.com/2.0', SPEC),
  allowedHosts: cited(['api.box.com', 'upload.box.com'], 'https://developer.box.com/guides/uploads/direct/file/'),
  scopes: [
    {
      ...seen('root_readonly', SPEC),
      byDefault: false,
      en: 'Read all your files and folders',
      fr: 'Lire tous vos fichiers et dossiers',
    },
    {
      ...seen('root_readwrite', SPEC),
      byDefault: false,
      en: 'Read and change all your files and folders',
      fr: 'Lire et modifier tous vos fichiers et dossiers',
    },
  ],
  guide: {
    console: cited(
      'https://app.box.com/developers/console',
      'https://developer.box.com/guides/applications/app-types/platform-apps/',
    ),
    steps: [],
    traps: [
      cited('A refresh token works once, and ends after 60 days without use.', EXPIRATION),
      cited('An authorization code lives for 30 seconds.', EXPIRATION),
      seen('Without scopes in the request all scopes of the application are asked for.', SPEC),
    ],
    notSupported: ['Server authentication by JWT or client credentials.'],
  },
};
