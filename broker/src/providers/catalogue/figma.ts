import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const SPEC: Source = 'https://github.com/figma/rest-api-spec/blob/main/openapi/openapi.yaml';
const AUTH: Source = 'https://developers.figma.com/docs/rest-api/authentication/';

export const figma: ProviderEntry = {
  ...UNKNOWN,
  name: 'figma',
  displayName: 'Figma',
  kind: 'oauth2',
  authorizationUrl: seen('https://www.figma.com/oauth', SPEC),
  tokenUrl: seen('https://api.figma.com/v1/oauth/token', SPEC),
  refreshUrl: seen('https://api.figma.com/v1/oauth/refresh', SPEC),
  authStyle: cited('header', AUTH),
  account: seen({ from: 'url', url: 'https://api.figma.com/v1/me', idPath: 'id', labelPath: 'handle' }, SPEC),
  baseUrl: seen('https://api.figma.com', SPEC),
  allowedHosts: seen(['api.figma.com'], SPEC),
  scopes: [
    {
      ...seen('current_user:read', SPEC),
      byDefault: true,
      en: 'See your name, your e-mail address and your picture',
      fr: 'Voir votre nom, votre adresse e-mail et votre photo',
    },
    {
      ...seen('file_content:read', SPEC),
      byDefault: false,
      en: 'Read the contents of your files',
      fr: 'Lire le contenu de vos fichiers',
    },
    {
      ...seen('file_comments:write', SPEC),
      byDefault: false,
      en: 'Write and delete comments in your files',
      fr: 'Écrire et supprimer des commentaires dans vos fichiers',
    },
  ],
  guide: {
    console: cited('https://www.figma.com/developers/apps', AUTH),
    steps: [],
    traps: [seen('The scope files:read is deprecated: ask for the narrower ones.', SPEC)],
    notSupported: [],
  },
};
