import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const EXAMPLE: Source = 'https://github.com/Airtable/oauth-example/blob/main/index.js';
const README: Source = 'https://github.com/Airtable/oauth-example/blob/main/README.md';
const REFERENCE: Source = 'https://airtable.com/developers/web/api/oauth-reference';

export const airtable: ProviderEntry = {
  ...UNKNOWN,
  name: 'airtable',
  displayName: 'Airtable',
  kind: 'oauth2',
  authorizationUrl: seen('https://www.airtable.com/oauth2/v1/authorize', EXAMPLE),
  tokenUrl: seen('https://www.airtable.com/oauth2/v1/token', EXAMPLE),
  authStyle: seen('header', EXAMPLE),
  scopeSeparator: seen(' ', README),
  pkce: seen(true, EXAMPLE),
  rotation: seen('strict', EXAMPLE),
  account: cited(
    { from: 'url', url: 'https://api.airtable.com/v0/meta/whoami', idPath: 'id', labelPath: 'email' },
    'https://airtable.com/developers/web/api/get-user-id-scopes',
  ),
  baseUrl: cited('https://api.airtable.com', REFERENCE),
  allowedHosts: cited(['api.airtable.com'], REFERENCE),
  scopes: [
    {
      ...seen('data.records:read', README),
      byDefault: true,
      en: 'Read the records of the bases that you choose',
      fr: 'Lire les enregistrements des bases que vous choisissez',
    },
    {
      ...seen('data.records:write', README),
      byDefault: false,
      en: 'Create, change and delete records',
      fr: 'Créer, modifier et supprimer des enregistrements',
    },
  ],
  guide: {
    console: seen('https://airtable.com/create/oauth', README),
    steps: [
      seen('Register a new integration with {redirectUri} as its redirect URL.', README),
      seen('Choose its scopes: they must include the ones that are asked for.', EXAMPLE),
      seen('Generate a client secret; copy it and the client ID.', README),
    ],
    traps: [
      cited('PKCE is demanded.', REFERENCE),
      seen('A refresh token works once; using it twice at the same time may revoke the tokens.', EXAMPLE),
      seen(
        'The redirect URL must match exactly: otherwise the browser never comes back, not even with an error.',
        EXAMPLE,
      ),
    ],
    notSupported: [],
  },
};
