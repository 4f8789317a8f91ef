import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const OAUTH: Source = 'https://github.com/discord/discord-api-docs/blob/main/developers/topics/oauth2.mdx';
const USER: Source = 'https://github.com/discord/discord-api-docs/blob/main/developers/resources/user.mdx';

export const discord: ProviderEntry = {
  ...UNKNOWN,
  name: 'discord',
  displayName: 'Discord',
  kind: 'oauth2',
  authorizationUrl: seen('https://discord.com/oauth2/authorize', OAUTH),
  tokenUrl: seen('https://discord.com/api/oauth2/token', OAUTH),
  revocationUrl: seen('https://discord.com/api/oauth2/token/revoke', OAUTH),
  authStyle: seen('header', OAUTH),
  scopeSeparator: seen(' ', OAUTH),
  accessTokenSeconds: seen(604_800, OAUTH),
  account: seen(
    { from: 'url', url: 'https://discord.com/api/v10/users/@me', idPath: 'id', labelPath: 'username' },
    USER,
  ),
  baseUrl: seen('https://discord.com/api/v10', OAUTH),
  allowedHosts: seen(['discord.com'], OAUTH),
  scopes: [
    {
      ...seen('identify', OAUTH),
      byDefault: true,
      en: 'Know which Discord user you are',
      fr: 'Savoir quel utilisateur Discord vous êtes',
    },
    {
      ...seen('email', OAUTH),
      byDefault: false,
      en: 'See the e-mail address of your Discord account',
      fr: 'Voir l’adresse e-mail de votre compte Discord',
    },
    { ...seen('guilds', OAUTH), byDefault: false, en: 'List your servers', fr: 'Lister vos serveurs' },
  ],
  guide: {
    console: seen('https://discord.com/developers/applications', OAUTH),
    steps: [
      seen('Register an application.', OAUTH),
      cited('Under "OAuth2" add {redirectUri} as a redirect.', OAUTH),
      seen('Copy the client ID and the client secret.', OAUTH),
    ],
    traps: [
      seen('Token and revocation URL take form-encoded bodies only.', OAUTH),
      seen('Some scopes need the approval of Discord: asking for them without it may fail.', OAUTH),
    ],
    notSupported: ['Bots: their token is one for all servers. Import it as an API key with the scheme "Bot".'],
  },
};
