import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const MANAGE: Source = 'https://developers.tiktok.com/docs/zh-Hans/oauth-user-access-token-management';
const REFRESH: Source = 'https://developers.tiktok.com/docs/en/oauth-refresh-a-user-access-token';
const GET: Source = 'https://developers.tiktok.com/doc/oauth-user-access-token-management';
const LEGACY: Source = 'https://developers.tiktok.com/doc/login-kit-manage-user-access-tokens';

export const tiktok: ProviderEntry = {
  ...UNKNOWN,
  name: 'tiktok',
  displayName: 'TikTok',
  kind: 'oauth2',
  authorizationUrl: seen('https://www.tiktok.com/v2/auth/authorize/', LEGACY),
  tokenUrl: seen('https://open.tiktokapis.com/v2/oauth/token/', REFRESH),
  authStyle: seen('body', REFRESH),
  paramNames: seen({ client_id: 'client_key' }, REFRESH),
  scopeSeparator: cited(',', GET),
  rotation: seen('strict', REFRESH),
  accessTokenSeconds: seen(7_200, MANAGE),
  consentIdleSeconds: seen(15_552_000, MANAGE),
  account: seen({ from: 'answer', url: null, idPath: 'open_id', labelPath: null }, GET),
  baseUrl: cited('https://open.tiktokapis.com/v2', GET),
  allowedHosts: seen(['open.tiktokapis.com'], REFRESH),
  scopes: [
    {
      ...seen('user.info.basic', LEGACY),
      byDefault: true,
      en: 'See your name and your picture',
      fr: 'Voir votre nom et votre photo',
    },
    { ...seen('video.list', LEGACY), byDefault: false, en: 'See your public videos', fr: 'Voir vos vidéos publiques' },
  ],
  guide: {
    console: null,
    steps: [],
    traps: [
      seen('A used refresh token stops working once its successor was given.', REFRESH),
      seen(
        'Lifetimes have changed: older pages say 24 hours and 365 days. What counts is expires_in and refresh_expires_in.',
        MANAGE,
      ),
      seen('Members may consent to some of the scopes only.', LEGACY),
    ],
    notSupported: [],
  },
};
