import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const TOKENS: Source = 'https://developers.facebook.com/docs/threads/get-started/long-lived-tokens/';
const AUTH: Source =
  'https://developers.facebook.com/documentation/threads/get-started/get-access-tokens-and-permissions';
const STARTED: Source = 'https://developers.facebook.com/documentation/threads/get-started';
const SAMPLE: Source = 'https://github.com/fbsamples/threads_api/blob/main/src/index.js';
const PROFILES: Source = 'https://developers.facebook.com/docs/threads/threads-profiles';

export const threads: ProviderEntry = {
  ...UNKNOWN,
  name: 'threads',
  displayName: 'Threads',
  kind: 'long_lived',
  authorizationUrl: seen('https://threads.com/oauth/authorize', AUTH),
  tokenUrl: cited('https://graph.threads.net/oauth/access_token', AUTH),
  refreshUrl: seen('https://graph.threads.net/refresh_access_token', TOKENS),
  authStyle: seen('body', SAMPLE),
  scopeSeparator: seen(',', SAMPLE),
  renewal: seen('th_refresh_token', TOKENS),
  minAgeSeconds: seen(86_400, TOKENS),
  accessTokenSeconds: seen(5_184_000, TOKENS),
  account: cited(
    { from: 'url', url: 'https://graph.threads.net/v1.0/me?fields=id,username', idPath: 'id', labelPath: 'username' },
    PROFILES,
  ),
  baseUrl: seen('https://graph.threads.net', TOKENS),
  allowedHosts: seen(['graph.threads.net'], TOKENS),
  scopes: [
    {
      ...seen('threads_basic', STARTED),
      byDefault: true,
      en: 'See your Threads profile and posts',
      fr: 'Voir votre profil et vos publications Threads',
    },
    {
      ...seen('threads_content_publish', STARTED),
      byDefault: false,
      en: 'Publish posts for you',
      fr: 'Publier en votre nom',
    },
    {
      ...seen('threads_manage_replies', STARTED),
      byDefault: false,
      en: 'Answer and hide replies',
      fr: 'Répondre et masquer des réponses',
    },
  ],
  guide: {
    console: null,
    steps: [
      seen('Create a Meta app with the Threads use case.', STARTED),
      seen('Add {redirectUri} to its redirect URIs; it must match exactly.', AUTH),
      seen('Copy the Threads app ID and the Threads app secret, not those of the Meta app.', STARTED),
    ],
    traps: [
      seen('The first token lives for an hour; it has to be exchanged for one of 60 days.', TOKENS),
      seen('A long-lived token can be renewed once it is 24 hours old and as long as it has not expired.', TOKENS),
    ],
    notSupported: [],
  },
};
