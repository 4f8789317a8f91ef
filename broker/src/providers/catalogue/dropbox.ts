import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const CLIENT: Source = 'https://github.com/dropbox/dropbox-sdk-python/blob/main/dropbox/oauth.py';
const HOSTS: Source = 'https://github.com/dropbox/dropbox-sdk-python/blob/main/dropbox/session.py';
const OFFLINE: Source = 'https://dropbox.tech/developers/using-oauth-2-0-with-offline-access';
const GUIDE: Source = 'https://developers.dropbox.com/oauth-guide';

export const dropbox: ProviderEntry = {
  ...UNKNOWN,
  name: 'dropbox',
  displayName: 'Dropbox',
  kind: 'oauth2',
  authorizationUrl: seen('https://www.dropbox.com/oauth2/authorize', CLIENT),
  tokenUrl: seen('https://api.dropboxapi.com/oauth2/token', CLIENT),
  authorizationParams: seen({ token_access_type: 'offline' }, CLIENT),
  authStyle: seen('body', CLIENT),
  scopeSeparator: seen(' ', CLIENT),
  pkce: seen(true, CLIENT),
  rotation: cited('none', OFFLINE),
  accessTokenSeconds: cited(14_400, GUIDE),
  account: seen({ from: 'answer', url: null, idPath: 'account_id', labelPath: null }, CLIENT),
  baseUrl: seen('https://api.dropboxapi.com', HOSTS),
  allowedHosts: seen(['dropboxapi.com'], HOSTS),
  scopes: [
    { ...cited('account_info.read', GUIDE), byDefault: true, en: 'See who you are', fr: 'Savoir qui vous êtes' },
    {
      ...cited('files.metadata.read', GUIDE),
      byDefault: false,
      en: 'List your files and folders',
      fr: 'Lister vos fichiers et dossiers',
    },
    { ...cited('files.content.read', GUIDE), byDefault: false, en: 'Read your files', fr: 'Lire vos fichiers' },
    {
      ...cited('files.content.write', GUIDE),
      byDefault: false,
      en: 'Create and change your files',
      fr: 'Créer et modifier vos fichiers',
    },
  ],
  guide: {
    console: cited('https://www.dropbox.com/developers/apps', GUIDE),
    steps: [
      cited('Create an app with scoped access.', GUIDE),
      cited('Add {redirectUri} to its redirect URIs, and choose its permissions.', GUIDE),
      cited('Copy the app key (the client ID) and the app secret.', GUIDE),
    ],
    traps: [
      seen('Without token_access_type=offline there is no refresh token: it is set here.', CLIENT),
      seen('Without scopes in the request all scopes of the app are asked for.', CLIENT),
      seen('Files go over content.dropboxapi.com, all else over api.dropboxapi.com.', HOSTS),
    ],
    notSupported: ['Revocation: Dropbox has a route of its API for it, asked with the access token.'],
  },
};
