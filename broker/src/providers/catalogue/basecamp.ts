import { seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const AUTH: Source = 'https://github.com/basecamp/bc3-api/blob/master/sections/authentication.md';
const README: Source = 'https://github.com/basecamp/bc3-api/blob/master/README.md';
const OLD: Source = 'https://github.com/basecamp/api/blob/master/sections/authentication.md';

export const basecamp: ProviderEntry = {
  ...UNKNOWN,
  name: 'basecamp',
  displayName: 'Basecamp',
  kind: 'oauth2',
  authorizationUrl: seen('https://launchpad.37signals.com/authorization/new', AUTH),
  tokenUrl: seen('https://launchpad.37signals.com/authorization/token', AUTH),
  authStyle: seen('body', AUTH),
  accessTokenSeconds: seen(1_209_600, AUTH),
  account: seen(
    {
      from: 'url',
      url: 'https://launchpad.37signals.com/authorization.json',
      idPath: 'identity.id',
      labelPath: 'identity.email_address',
    },
    OLD,
  ),
  allowedHosts: seen(['3.basecampapi.com', 'launchpad.37signals.com'], OLD),
  guide: {
    console: seen('https://launchpad.37signals.com/integrations', AUTH),
    steps: [
      seen('Register your app on the page above.', AUTH),
      seen('Enter {redirectUri} as its redirect URI.', AUTH),
      seen('Copy the client ID and the client secret.', AUTH),
    ],
    traps: [
      seen(
        'A token reaches all accounts of the person: they are listed, with the address of each, at https://launchpad.37signals.com/authorization.json.',
        OLD,
      ),
      seen('Requests without a User-Agent that names the app and a contact are refused: add it in n8n.', README),
      seen('The parameters type=web_server and type=refresh of older guides are no longer needed.', AUTH),
      seen('The id of the identity must not be used as the id of a user within a product.', OLD),
    ],
    notSupported: [],
  },
};
