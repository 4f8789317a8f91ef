import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const OAUTH: Source = 'https://docs.stripe.com/stripe-apps/api-authentication/oauth';
const HOSTS: Source = 'https://github.com/stripe/stripe-node/blob/master/src/Types.ts';

export const stripeApps: ProviderEntry = {
  ...UNKNOWN,
  name: 'stripe-apps',
  displayName: 'Stripe Apps',
  kind: 'oauth2',
  authorizationUrl: cited('https://marketplace.stripe.com/oauth/v2/authorize', OAUTH),
  tokenUrl: cited('https://api.stripe.com/v1/oauth/token', OAUTH),
  authStyle: cited('header', OAUTH),
  rotation: cited('strict', OAUTH),
  accessTokenSeconds: cited(3_600, OAUTH),
  consentIdleSeconds: cited(31_536_000, OAUTH),
  account: cited({ from: 'answer', url: null, idPath: 'stripe_user_id', labelPath: null }, OAUTH),
  baseUrl: seen('https://api.stripe.com', HOSTS),
  allowedHosts: seen(['api.stripe.com'], HOSTS),
  guide: {
    console: null,
    steps: [
      seen('Create the app with the Stripe CLI: stripe apps create <app-name>.', OAUTH),
      seen('In its manifest set stripe_api_access_type to oauth and distribution_type to public.', OAUTH),
      seen('Add {redirectUri} to allowed_redirect_uris, add the permissions, and upload the app.', OAUTH),
    ],
    traps: [
      seen('An app has permissions in its manifest, no scopes.', OAUTH),
      seen('The first of the allowed redirect URIs is the default.', OAUTH),
    ],
    notSupported: [
      'Client authentication: Stripe takes the secret API key as the user name of Basic authentication, without a client ID; Otobot sends the client ID and the secret. This has not been tried.',
    ],
  },
};
