import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const CLIENT: Source = 'https://github.com/smartcar/node-sdk/blob/master/lib/auth-client.js';
const HOSTS: Source = 'https://github.com/smartcar/node-sdk/blob/master/lib/config.json';
const SDK: Source = 'https://github.com/smartcar/node-sdk/blob/master/index.js';
const REFRESH: Source = 'https://smartcar.com/docs/api-reference/authorization/token-refresh';
const OVERVIEW: Source = 'https://smartcar.com/docs/api-reference/authorization/overview';

export const smartcar: ProviderEntry = {
  ...UNKNOWN,
  name: 'smartcar',
  displayName: 'Smartcar',
  kind: 'oauth2',
  authorizationUrl: seen('https://connect.smartcar.com/oauth/authorize', CLIENT),
  tokenUrl: seen('https://auth.smartcar.com/oauth/token', HOSTS),
  authStyle: seen('header', REFRESH),
  rotation: seen('grace', REFRESH),
  graceSeconds: seen(60, REFRESH),
  accessTokenSeconds: seen(7_200, REFRESH),
  consentIdleSeconds: seen(5_184_000, REFRESH),
  account: cited({ from: 'url', url: 'https://api.smartcar.com/v2.0/user', idPath: 'id', labelPath: null }, SDK),
  baseUrl: seen('https://api.smartcar.com', HOSTS),
  allowedHosts: seen(['api.smartcar.com', 'vehicle.api.smartcar.com'], HOSTS),
  scopes: [
    {
      ...cited('read_vehicle_info', SDK),
      byDefault: false,
      en: 'See the make, model and year of your vehicles',
      fr: 'Voir la marque, le modèle et l’année de vos véhicules',
    },
    {
      ...cited('read_odometer', SDK),
      byDefault: false,
      en: 'See the odometer of your vehicles',
      fr: 'Voir le compteur kilométrique de vos véhicules',
    },
  ],
  guide: {
    console: seen('https://developer.smartcar.com/apps', CLIENT),
    steps: [
      seen('Register an application, and add {redirectUri} to its redirect URIs; it must match exactly.', CLIENT),
      seen('Copy the client ID and the client secret.', CLIENT),
    ],
    traps: [
      seen('A refresh token ends after 60 days, and one minute after its use.', REFRESH),
      seen(
        'Newer applications use one token for all vehicles (client credentials) and a header sc-user-id instead.',
        OVERVIEW,
      ),
    ],
    notSupported: ['The header sc-user-id of newer applications: it has to be set in n8n.'],
  },
};
