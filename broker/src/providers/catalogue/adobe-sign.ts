import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const OAUTH: Source = 'https://opensource.adobe.com/acrobat-sign/developer_guide/oauth.html';
const NEWER: Source = 'https://developer.adobe.com/acrobat-sign/docs/overview/developer_guide/oauth';
const START: Source = 'https://opensource.adobe.com/acrobat-sign/developer_guide/gstarted.html';

export const adobeSign: ProviderEntry = {
  ...UNKNOWN,
  name: 'adobe-sign',
  displayName: 'Adobe Acrobat Sign',
  kind: 'oauth2',
  tenant: cited({ what: 'shard', from: 'link', param: null, hosts: null, example: 'na1' }, START),
  authorizationUrl: cited('https://secure.{tenant}.adobesign.com/public/oauth/v2', START),
  tokenUrl: cited('https://api.{tenant}.adobesign.com/oauth/v2/token', START),
  refreshUrl: seen('https://api.{tenant}.adobesign.com/oauth/v2/refresh', OAUTH),
  authStyle: seen('body', OAUTH),
  rotation: seen('none', OAUTH),
  accessTokenSeconds: seen(3_600, OAUTH),
  consentIdleSeconds: seen(5_184_000, OAUTH),
  baseUrl: seen('https://api.{tenant}.adobesign.com', OAUTH),
  allowedHosts: seen(['api.{tenant}.adobesign.com'], OAUTH),
  guide: {
    console: null,
    steps: [],
    traps: [
      seen('A refresh token ends after 60 days without use, and each use starts them anew.', OAUTH),
      seen(
        'Each account lives at one access point (na1, eu1 and so on): the client names it on the connect page.',
        OAUTH,
      ),
      cited('Revoking an access token revokes its refresh token too.', NEWER),
    ],
    notSupported: [],
  },
};
