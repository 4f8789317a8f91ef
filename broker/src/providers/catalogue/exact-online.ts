import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const CLIENT: Source =
  'https://github.com/exactonline/exactonline-api-dotnet-client/blob/master/src/ExactOnline.Client.OAuth/UserAuthorizations.cs';
const API: Source =
  'https://github.com/exactonline/exactonline-api-dotnet-client/blob/master/src/ExactOnline.Client.Sdk/Helpers/ApiConnector.cs';
const DOCS: Source = 'https://developers.exactonline.com/';

export const exactOnline: ProviderEntry = {
  ...UNKNOWN,
  name: 'exact-online',
  displayName: 'Exact Online',
  kind: 'oauth2',
  tenant: cited(
    {
      what: 'country',
      from: 'link',
      param: null,
      hosts: [
        'start.exactonline.nl',
        'start.exactonline.be',
        'start.exactonline.de',
        'start.exactonline.fr',
        'start.exactonline.es',
        'start.exactonline.co.uk',
        'start.exactonline.com',
      ],
      example: null,
    },
    DOCS,
  ),
  authorizationUrl: seen('https://{tenant}/api/oauth2/auth', CLIENT),
  tokenUrl: seen('https://{tenant}/api/oauth2/token', CLIENT),
  refreshAheadSeconds: cited(30, 'https://github.com/NangoHQ/nango/blob/master/packages/providers/providers.yaml'),
  baseUrl: seen('https://{tenant}/api/v1', API),
  allowedHosts: seen(['{tenant}'], API),
  guide: {
    console: null,
    steps: [],
    traps: [
      cited(
        'Exact is reported to refuse to renew a token long before its end, and tokens live for ten minutes only.',
        'https://github.com/NangoHQ/nango/blob/master/packages/providers/providers.yaml',
      ),
      seen('Each country has a host of its own; the client chooses it on the connect page.', CLIENT),
      seen('The user and the current division are asked at /api/v1/current/Me.', API),
    ],
    notSupported: [
      'The account: Exact names it in an answer that needs the right Accept header and a path into arrays; it is not looked up.',
    ],
  },
};
