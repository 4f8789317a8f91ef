import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const BASE = 'https://developers.facebook.com/documentation/instagram-platform';
const LOGIN: Source = `${BASE}/instagram-api-with-instagram-login/business-login`;
const STARTED: Source = `${BASE}/instagram-api-with-instagram-login/get-started`;
const EXCHANGE: Source = `${BASE}/reference/access_token`;
const REFRESH: Source = `${BASE}/reference/refresh_access_token`;
const ME: Source = 'https://developers.facebook.com/docs/instagram-platform/reference/me';

export const instagram: ProviderEntry = {
  ...UNKNOWN,
  name: 'instagram',
  displayName: 'Instagram',
  kind: 'long_lived',
  authorizationUrl: cited('https://www.instagram.com/oauth/authorize', LOGIN),
  tokenUrl: cited('https://api.instagram.com/oauth/access_token', LOGIN),
  refreshUrl: seen('https://graph.instagram.com/refresh_access_token', REFRESH),
  authStyle: cited('body', LOGIN),
  scopeSeparator: cited(',', LOGIN),
  answerPath: seen('data.0', LOGIN),
  renewal: seen('ig_refresh_token', REFRESH),
  minAgeSeconds: seen(86_400, REFRESH),
  accessTokenSeconds: seen(5_184_000, EXCHANGE),
  account: cited(
    {
      from: 'url',
      url: 'https://graph.instagram.com/v25.0/me?fields=user_id,username',
      idPath: 'user_id',
      labelPath: 'username',
    },
    STARTED,
  ),
  baseUrl: seen('https://graph.instagram.com/v25.0', ME),
  allowedHosts: seen(['graph.instagram.com'], ME),
  scopes: [
    {
      ...seen('instagram_business_basic', LOGIN),
      byDefault: true,
      en: 'See the profile and the posts of your professional Instagram account',
      fr: 'Voir le profil et les publications de votre compte professionnel Instagram',
    },
    {
      ...seen('instagram_business_content_publish', LOGIN),
      byDefault: false,
      en: 'Publish photos and videos in your name',
      fr: 'Publier des photos et des vidéos en votre nom',
    },
    {
      ...seen('instagram_business_manage_comments', LOGIN),
      byDefault: false,
      en: 'Read, answer, hide and delete comments',
      fr: 'Lire, masquer et supprimer les commentaires, et y répondre',
    },
    {
      ...seen('instagram_business_manage_messages', LOGIN),
      byDefault: false,
      en: 'Read and answer your messages',
      fr: 'Lire vos messages et y répondre',
    },
  ],
  guide: {
    console: cited('https://developers.facebook.com/apps', LOGIN),
    steps: [
      seen('Create a Meta app of the type "Business".', STARTED),
      seen('In its dashboard open "Instagram", "API setup with Instagram business login".', STARTED),
      cited('In "Business login settings" enter {redirectUri} as the redirect URL.', LOGIN),
      seen('Copy the Instagram app ID and the Instagram app secret, not those of the Meta app.', EXCHANGE),
    ],
    traps: [
      seen('Only professional accounts (business or creator) can be connected.', LOGIN),
      seen('The first token lives for an hour; it has to be exchanged for one of 60 days.', EXCHANGE),
      seen('A long-lived token can be renewed once it is 24 hours old and as long as it has not expired.', REFRESH),
      seen('The older scopes without "instagram_" were given up on 2025-01-27.', LOGIN),
    ],
    notSupported: [],
  },
};
