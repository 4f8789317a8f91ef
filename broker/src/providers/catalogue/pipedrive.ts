import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const CLIENT: Source = 'https://github.com/pipedrive/client-nodejs/blob/master/src/versions/v1/configuration.ts';
const OAUTH: Source = 'https://pipedrive.readme.io/docs/marketplace-oauth-authorization';

export const pipedrive: ProviderEntry = {
  ...UNKNOWN,
  name: 'pipedrive',
  displayName: 'Pipedrive',
  kind: 'oauth2',
  authorizationUrl: seen('https://oauth.pipedrive.com/oauth/authorize', CLIENT),
  tokenUrl: seen('https://oauth.pipedrive.com/oauth/token', CLIENT),
  revocationUrl: seen('https://oauth.pipedrive.com/oauth/revoke', CLIENT),
  authStyle: seen('header', CLIENT),
  accessTokenSeconds: cited(3_600, OAUTH),
  consentIdleSeconds: cited(5_184_000, OAUTH),
  allowedHosts: cited(['pipedrive.com'], OAUTH),
  guide: {
    console: null,
    steps: [],
    traps: [
      seen('The API lives at the api_domain of each company, which the token answer names.', CLIENT),
      cited('A refresh token that was not used for 60 days is dead.', OAUTH),
      cited('An app has one callback URL, so one service per app.', OAUTH),
      seen('Revoking the refresh token marks the app as uninstalled.', CLIENT),
    ],
    notSupported: [
      'The account: it is asked at the api_domain of each company, and account URLs are the same for all connections.',
      'The uninstall call: Pipedrive sends DELETE to the callback URL, which is not answered.',
    ],
  },
};
