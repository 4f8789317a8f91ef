import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const SERVICE: Source =
  'https://github.com/GetJobber/Jobber-AppTemplate-RailsAPI/blob/main/app/services/jobber_service.rb';
const ENV: Source = 'https://github.com/GetJobber/Jobber-AppTemplate-RailsAPI/blob/main/.env.sample';
const README: Source = 'https://github.com/GetJobber/Jobber-AppTemplate-RailsAPI/blob/main/README.md';
const DOCS: Source = 'https://developer.getjobber.com/docs/building_your_app/app_authorization/';

export const jobber: ProviderEntry = {
  ...UNKNOWN,
  name: 'jobber',
  displayName: 'Jobber',
  kind: 'oauth2',
  authorizationUrl: cited('https://api.getjobber.com/api/oauth/authorize', DOCS),
  tokenUrl: cited('https://api.getjobber.com/api/oauth/token', DOCS),
  authStyle: cited('body', DOCS),
  rotation: cited('strict', DOCS),
  accessTokenSeconds: cited(3_600, DOCS),
  baseUrl: seen('https://api.getjobber.com/api', ENV),
  allowedHosts: seen(['api.getjobber.com'], ENV),
  guide: {
    console: null,
    steps: [
      seen('Create an app in the Developer Center of Jobber.', README),
      cited('Enter {redirectUri} as its OAuth callback URL.', DOCS),
      seen('Copy the client ID and the client secret.', ENV),
    ],
    traps: [
      seen(
        'The end of an access token is written in the token itself (it is a JWT): the answer does not tell it.',
        SERVICE,
      ),
      cited('Refresh tokens are rotated where the app has that switched on: the newest one has to be used.', DOCS),
    ],
    notSupported: ['The account: Jobber is asked by GraphQL with POST; account look-ups are GET requests.'],
  },
};
