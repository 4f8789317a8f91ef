import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const AUTHORIZATION: Source = 'https://developers.notion.com/guides/get-started/authorization';
const OVERVIEW: Source = 'https://developers.notion.com/guides/authorization/overview';
const CREATE: Source = 'https://developers.notion.com/reference/create-a-token';
const REFRESH: Source = 'https://developers.notion.com/reference/refresh-a-token';
const REQUESTS: Source = 'https://developers.notion.com/reference/authentication';
const SDK: Source = 'https://github.com/makenotion/notion-sdk-js/blob/main/src/api-endpoints/oauth.ts';
const SDK_GUIDE: Source = 'https://www.mintlify.com/makenotion/notion-sdk-js/guides/oauth';

export const notion: ProviderEntry = {
  ...UNKNOWN,
  name: 'notion',
  displayName: 'Notion',
  kind: 'oauth2',
  authorizationUrl: seen('https://api.notion.com/v1/oauth/authorize', SDK_GUIDE),
  tokenUrl: seen('https://api.notion.com/v1/oauth/token', REFRESH),
  authorizationParams: cited({ owner: 'user' }, AUTHORIZATION),
  authStyle: seen('header', REFRESH),
  bodyFormat: seen('json', REFRESH),
  account: seen({ from: 'answer', url: null, idPath: 'workspace_id', labelPath: 'workspace_name' }, SDK),
  baseUrl: seen('https://api.notion.com', REQUESTS),
  allowedHosts: seen(['api.notion.com'], REQUESTS),
  guide: {
    console: seen('https://app.notion.com/developers/connections', OVERVIEW),
    steps: [
      cited('In the Developer portal create a connection of the public (OAuth) kind.', AUTHORIZATION),
      seen('Under "OAuth Domain & URIs" add {redirectUri} as a redirect URI.', CREATE),
      cited('Under "Capabilities" choose what it may read and write: Notion has no scopes.', AUTHORIZATION),
      cited('Copy the OAuth client ID and the OAuth client secret.', AUTHORIZATION),
    ],
    traps: [
      cited(
        'The client chooses the pages to share while consenting; what was not shared is not found later.',
        AUTHORIZATION,
      ),
      seen('Each refresh gives a new refresh token beside the new access token.', REFRESH),
      cited(
        'The API demands a header Notion-Version in every request: add it in n8n.',
        'https://developers.notion.com/reference/versioning',
      ),
      seen('The account that Otobot remembers is the workspace.', SDK),
    ],
    notSupported: ['Revocation: Notion takes a JSON body there too.'],
  },
};
