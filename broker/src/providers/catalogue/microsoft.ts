import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const CODE_FLOW: Source = 'https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow';
const REFRESH: Source = 'https://learn.microsoft.com/en-us/entra/identity-platform/refresh-tokens';
const SCOPES: Source = 'https://learn.microsoft.com/en-us/entra/identity-platform/scopes-oidc';
const REDIRECT: Source = 'https://learn.microsoft.com/en-us/entra/identity-platform/how-to-add-redirect-uri';
const CREDENTIALS: Source = 'https://learn.microsoft.com/en-us/entra/identity-platform/how-to-add-credentials';
const GRAPH: Source = 'https://learn.microsoft.com/en-us/graph/permissions-reference';

export const microsoft: ProviderEntry = {
  ...UNKNOWN,
  name: 'microsoft',
  displayName: 'Microsoft',
  kind: 'oauth2',
  authorizationUrl: seen('https://login.microsoftonline.com/common/oauth2/v2.0/authorize', CODE_FLOW),
  tokenUrl: seen('https://login.microsoftonline.com/common/oauth2/v2.0/token', CODE_FLOW),
  authorizationParams: seen({ prompt: 'select_account' }, CODE_FLOW),
  authStyle: seen('body', CODE_FLOW),
  scopeSeparator: seen(' ', CODE_FLOW),
  pkce: seen(true, CODE_FLOW),
  rotation: seen('none', REFRESH),
  accessTokenSeconds: seen(3_600, SCOPES),
  consentIdleSeconds: seen(7_776_000, REFRESH),
  account: seen({ from: 'id_token', url: null, idPath: 'sub', labelPath: 'preferred_username' }, SCOPES),
  baseUrl: seen('https://graph.microsoft.com', SCOPES),
  allowedHosts: seen(['graph.microsoft.com'], SCOPES),
  scopes: [
    {
      ...seen('openid', SCOPES),
      byDefault: true,
      en: 'Know which Microsoft account you connected',
      fr: 'Savoir quel compte Microsoft vous avez connecté',
    },
    {
      ...seen('profile', SCOPES),
      byDefault: true,
      en: 'See your name and user name',
      fr: 'Voir votre nom et votre nom d’utilisateur',
    },
    {
      ...seen('offline_access', SCOPES),
      byDefault: true,
      en: 'Keep this access while you are away',
      fr: 'Conserver cet accès en votre absence',
    },
    {
      ...seen('User.Read', SCOPES),
      byDefault: true,
      en: 'Read your profile',
      fr: 'Lire votre profil',
    },
    {
      ...seen('email', SCOPES),
      byDefault: false,
      en: 'See your e-mail address',
      fr: 'Voir votre adresse e-mail',
    },
    {
      ...cited('Mail.Read', GRAPH),
      byDefault: false,
      en: 'Read your e-mails',
      fr: 'Lire vos e-mails',
    },
    {
      ...cited('Mail.Send', GRAPH),
      byDefault: false,
      en: 'Send e-mail in your name',
      fr: 'Envoyer des e-mails en votre nom',
    },
    {
      ...seen('Calendars.Read', SCOPES),
      byDefault: false,
      en: 'Read your calendars',
      fr: 'Lire vos agendas',
    },
    {
      ...cited('Files.ReadWrite', GRAPH),
      byDefault: false,
      en: 'Read, change and delete your files',
      fr: 'Lire, modifier et supprimer vos fichiers',
    },
  ],
  guide: {
    console: seen('https://go.microsoft.com/fwlink/?linkid=2083908', CODE_FLOW),
    steps: [
      seen(
        'In the Microsoft Entra admin center, in "App registrations", create an application or select it.',
        REDIRECT,
      ),
      seen(
        'Under "Manage", "Authentication", choose "Add a platform" and the tile "Web" (not "Single-page").',
        REDIRECT,
      ),
      seen('Enter {redirectUri} as the redirect URI; it must match exactly.', CODE_FLOW),
      cited('Under "Certificates & secrets" add a client secret, and copy its value (not its id).', CREDENTIALS),
      seen('The "Application (client) ID" is the client ID.', CODE_FLOW),
    ],
    traps: [
      seen('Without the scope offline_access there is no refresh token.', SCOPES),
      seen('A redirect URI of the type "spa" ends refresh tokens after 24 hours: register it as "Web".', REFRESH),
      cited('Client secrets expire: enter the next one beside the old one before that day.', CREDENTIALS),
      seen(
        'Some permissions need an administrator: users of an organization see an error until one has consented.',
        SCOPES,
      ),
      seen(
        '"common" in the URLs admits every organization and personal accounts; an application of one organization needs its tenant ID there instead.',
        CODE_FLOW,
      ),
      seen('All scopes of one token must belong to one resource, beside openid, profile and email.', CODE_FLOW),
    ],
    notSupported: ['Certificates in place of client secrets.'],
  },
};
