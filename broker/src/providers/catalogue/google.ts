import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const CLIENT_FILE: Source =
  'https://android.googlesource.com/platform/external/python/oauth2client/+/6d9ea50ac0a52d4cf8405d1e6a187ffeca09efdc/tests/data/client_secrets.json';
const LIBRARY: Source = 'https://github.com/googleapis/google-auth-library-nodejs/blob/main/README.md';
const WEB_SERVER: Source = 'https://developers.google.com/identity/protocols/oauth2/web-server';
const EXPIRATION: Source = 'https://developers.google.com/identity/protocols/oauth2#expiration';
const DISCOVERY: Source = 'https://accounts.google.com/.well-known/openid-configuration';
const OWN_SCOPES: Source =
  'https://googleapis.dev/dotnet/Google.Apis.Oauth2.v2/latest/api/Google.Apis.Oauth2.v2.Oauth2Service.Scope.html';
const ALL_SCOPES: Source = 'https://developers.google.com/identity/protocols/oauth2/scopes';
const RESTRICTED: Source = 'https://support.google.com/cloud/answer/13464325?hl=en';
const CLIENTS: Source = 'https://support.google.com/cloud/answer/15549257';

const API = 'https://www.googleapis.com/auth';

export const google: ProviderEntry = {
  ...UNKNOWN,
  name: 'google',
  displayName: 'Google',
  kind: 'oauth2',
  authorizationUrl: seen('https://accounts.google.com/o/oauth2/v2/auth', CLIENT_FILE),
  tokenUrl: seen('https://oauth2.googleapis.com/token', CLIENT_FILE),
  revocationUrl: seen('https://oauth2.googleapis.com/revoke', CLIENT_FILE),
  authorizationParams: seen({ access_type: 'offline', prompt: 'consent' }, LIBRARY),
  authStyle: cited('body', WEB_SERVER),
  scopeSeparator: cited(' ', WEB_SERVER),
  pkce: cited(true, DISCOVERY),
  rotation: cited('none', WEB_SERVER),
  // "Six months", of the shortest months. The 7 days of "Testing" are not a fact of every app: see the traps.
  consentIdleSeconds: cited(15_552_000, EXPIRATION),
  account: cited(
    { from: 'id_token', url: null, idPath: 'sub', labelPath: 'email' },
    'https://developers.google.com/identity/openid-connect/reference',
  ),
  allowedHosts: cited(['googleapis.com'], WEB_SERVER),
  scopes: [
    {
      ...seen('openid', OWN_SCOPES),
      byDefault: true,
      en: 'Know which Google account you connected',
      fr: 'Savoir quel compte Google vous avez connecté',
    },
    {
      ...cited('email', 'https://developers.google.com/identity/openid-connect/openid-connect'),
      byDefault: true,
      en: 'See your Google e-mail address',
      fr: 'Voir votre adresse e-mail Google',
    },
    {
      ...cited(`${API}/gmail.send`, ALL_SCOPES),
      byDefault: false,
      en: 'Send e-mail in your name',
      fr: 'Envoyer des e-mails en votre nom',
    },
    {
      ...seen(`${API}/gmail.readonly`, RESTRICTED),
      byDefault: false,
      en: 'Read your e-mails and their settings',
      fr: 'Lire vos e-mails et leurs réglages',
    },
    {
      ...cited(`${API}/calendar`, ALL_SCOPES),
      byDefault: false,
      en: 'See, change, share and delete your calendars',
      fr: 'Voir, modifier, partager et supprimer vos agendas',
    },
    {
      ...seen(`${API}/drive.readonly`, RESTRICTED),
      byDefault: false,
      en: 'See and download your files in Google Drive',
      fr: 'Voir et télécharger vos fichiers Google Drive',
    },
    {
      ...cited(`${API}/drive.file`, ALL_SCOPES),
      byDefault: false,
      en: 'See and change only the Google Drive files that you use with this application',
      fr: 'Voir et modifier uniquement les fichiers Google Drive que vous utilisez avec cette application',
    },
    {
      ...cited(`${API}/spreadsheets`, ALL_SCOPES),
      byDefault: false,
      en: 'See, change, create and delete your Google Sheets',
      fr: 'Voir, modifier, créer et supprimer vos feuilles de calcul Google Sheets',
    },
  ],
  guide: {
    console: cited('https://console.cloud.google.com/auth/clients', CLIENTS),
    steps: [
      cited('Create or choose a project, and in "Library" enable each API that the workflows will call.', WEB_SERVER),
      cited('Create an OAuth client of type "Web application".', CLIENTS),
      cited('Under "Authorized redirect URIs" add {redirectUri}, exactly so.', CLIENTS),
      cited('Copy the client ID and the client secret.', CLIENTS),
    ],
    traps: [
      cited(
        'While the publishing status is "Testing", refresh tokens of an external app end after 7 days: publish it ("In production").',
        EXPIRATION,
      ),
      seen(
        'Google gives a refresh token at the first consent only, unless prompt=consent asks for a new one: both parameters are set here.',
        LIBRARY,
      ),
      cited(
        'A refresh token that was not used for six months dies, and too many live ones for one account silently end the oldest.',
        EXPIRATION,
      ),
      cited('With Gmail scopes, a changed password ends the refresh token.', EXPIRATION),
      seen(
        'Reading Gmail and reading all of Drive are "restricted" scopes, which Google reviews before everybody may consent.',
        RESTRICTED,
      ),
    ],
    notSupported: [],
  },
};
