import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const CLIENT: Source = 'https://github.com/miroapp/api-clients/blob/main/packages/miro-api/index.ts';
const API: Source = 'https://github.com/miroapp/api-clients/blob/main/packages/miro-api/api/apis.ts';
const INFO: Source = 'https://github.com/miroapp/api-clients/blob/main/packages/miro-api/model/tokenInformation.ts';
const REFRESH: Source = 'https://developers.miro.com/reference/get-new-access-token-using-refresh-token';

export const miro: ProviderEntry = {
  ...UNKNOWN,
  name: 'miro',
  displayName: 'Miro',
  kind: 'oauth2',
  authorizationUrl: seen('https://miro.com/oauth/authorize', CLIENT),
  tokenUrl: seen('https://api.miro.com/v1/oauth/token', REFRESH),
  authStyle: seen('body', REFRESH),
  rotation: cited('strict', REFRESH),
  accessTokenSeconds: seen(3_600, REFRESH),
  consentIdleSeconds: seen(5_184_000, REFRESH),
  account: cited(
    { from: 'url', url: 'https://api.miro.com/v1/oauth-token', idPath: 'user.id', labelPath: 'user.name' },
    INFO,
  ),
  baseUrl: cited('https://api.miro.com', CLIENT),
  allowedHosts: cited(['api.miro.com'], CLIENT),
  guide: {
    console: null,
    steps: [],
    traps: [
      seen('Refresh tokens are given only where expiring tokens were chosen when the app was created.', REFRESH),
      cited('A refresh ends the access token and the refresh token before it.', REFRESH),
      seen('Revoking an access token revokes its refresh token, and does not uninstall the app.', API),
    ],
    notSupported: [
      'Miro shows grant_type and refresh_token in the query; Otobot sends them in the body. This has not been tried.',
      'Revocation: Miro takes a JSON body at /v2/oauth/revoke.',
    ],
  },
};
