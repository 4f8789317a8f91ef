import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const FLOW: Source = 'https://docs.followupboss.com/docs/oauth-authentication-and-authorization';
const START: Source = 'https://docs.followupboss.com/docs/getting-started-with-oauth';

export const followupboss: ProviderEntry = {
  ...UNKNOWN,
  name: 'followupboss',
  displayName: 'Follow Up Boss',
  kind: 'oauth2',
  authorizationUrl: seen('https://app.followupboss.com/oauth/authorize', FLOW),
  tokenUrl: cited('https://app.followupboss.com/oauth/token', FLOW),
  authStyle: cited('header', FLOW),
  account: cited({ from: 'url', url: 'https://api.followupboss.com/v1/me', idPath: 'id', labelPath: 'email' }, FLOW),
  baseUrl: seen('https://api.followupboss.com/v1', START),
  allowedHosts: seen(['api.followupboss.com'], START),
  guide: {
    console: null,
    steps: [
      seen('Register your system with Follow Up Boss.', START),
      seen('Create the OAuth client with a request to its API, with {redirectUri} among its redirect URIs.', START),
      seen('Keep the client secret: it is told once only.', START),
    ],
    traps: [
      seen('The redirect tells response=approved or response=denied beside the code.', FLOW),
      seen(
        'Requests of the API name the registered system in the headers X-System and X-System-Key: add them in n8n.',
        START,
      ),
    ],
    notSupported: [
      'Follow Up Boss wants response_type=auth_code in the authorization request; Otobot sends response_type=code. So there are no Connect links for this service yet.',
    ],
  },
};
