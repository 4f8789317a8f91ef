import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const CLIENT: Source = 'https://github.com/webflow/js-webflow-api/blob/master/src/wrapper/WebflowClient.ts';
const README: Source = 'https://github.com/webflow/js-webflow-api/blob/master/README.md';
const SCOPES: Source = 'https://github.com/webflow/js-webflow-api/blob/master/src/api/types/OAuthScope.ts';
const HOSTS: Source = 'https://github.com/webflow/js-webflow-api/blob/master/src/environments.ts';
const TOKEN: Source = 'https://developers.webflow.com/data/reference/token/authorized-by';

export const webflow: ProviderEntry = {
  ...UNKNOWN,
  name: 'webflow',
  displayName: 'Webflow',
  kind: 'oauth2',
  authorizationUrl: seen('https://webflow.com/oauth/authorize', CLIENT),
  tokenUrl: seen('https://api.webflow.com/oauth/access_token', CLIENT),
  bodyFormat: seen('json', CLIENT),
  authStyle: seen('body', CLIENT),
  scopeSeparator: seen(' ', CLIENT),
  account: cited(
    { from: 'url', url: 'https://api.webflow.com/v2/token/authorized_by', idPath: 'id', labelPath: 'email' },
    TOKEN,
  ),
  baseUrl: seen('https://api.webflow.com/v2', HOSTS),
  allowedHosts: seen(['api.webflow.com'], HOSTS),
  scopes: [
    { ...seen('authorized_user:read', SCOPES), byDefault: true, en: 'See who you are', fr: 'Savoir qui vous êtes' },
    {
      ...seen('cms:read', SCOPES),
      byDefault: false,
      en: 'Read the collections and items of your sites',
      fr: 'Lire les collections et éléments de vos sites',
    },
    {
      ...seen('cms:write', SCOPES),
      byDefault: false,
      en: 'Change the collections and items of your sites',
      fr: 'Modifier les collections et éléments de vos sites',
    },
    {
      ...seen('forms:read', SCOPES),
      byDefault: false,
      en: 'Read form submissions',
      fr: 'Lire les données des formulaires',
    },
  ],
  guide: {
    console: null,
    steps: [
      seen('Register a Webflow App in your workspace, with the building block "Data Client".', README),
      cited('Enter {redirectUri} as its redirect URI, and choose its scopes.', README),
      seen('Copy the client ID and the client secret from "Building Blocks".', README),
    ],
    traps: [seen('The client chooses the sites or workspaces while consenting.', README)],
    notSupported: [],
  },
};
