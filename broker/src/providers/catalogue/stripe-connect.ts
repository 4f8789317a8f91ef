import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const CLIENT: Source = 'https://github.com/stripe/stripe-node/blob/master/src/resources/OAuth.ts';
const HOSTS: Source = 'https://github.com/stripe/stripe-node/blob/master/src/Types.ts';
const REFERENCE: Source = 'https://docs.stripe.com/connect/oauth-reference';

export const stripeConnect: ProviderEntry = {
  ...UNKNOWN,
  name: 'stripe-connect',
  displayName: 'Stripe Connect',
  kind: 'oauth2',
  authorizationUrl: seen('https://connect.stripe.com/oauth/authorize', CLIENT),
  tokenUrl: seen('https://connect.stripe.com/oauth/token', CLIENT),
  authStyle: cited('body', REFERENCE),
  account: seen({ from: 'answer', url: null, idPath: 'stripe_user_id', labelPath: null }, CLIENT),
  baseUrl: seen('https://api.stripe.com', HOSTS),
  allowedHosts: seen(['api.stripe.com'], HOSTS),
  scopes: [
    {
      ...seen('read_write', CLIENT),
      byDefault: true,
      en: 'Read and change your Stripe account',
      fr: 'Lire et modifier votre compte Stripe',
    },
    { ...seen('read_only', CLIENT), byDefault: false, en: 'Read your Stripe account', fr: 'Lire votre compte Stripe' },
  ],
  guide: {
    console: cited('https://dashboard.stripe.com/settings/connect/onboarding-options/oauth', REFERENCE),
    steps: [
      cited('In the Connect settings enable OAuth and add {redirectUri} to the redirect URIs.', REFERENCE),
      cited('The client ID (ca_…) stands there too; the client secret is your secret API key.', REFERENCE),
    ],
    traps: [
      seen(
        'The access token is an API key of the connected account and does not expire; it ends when the account is disconnected (account.application.deauthorized).',
        CLIENT,
      ),
      seen('In live mode the redirect URI must be https.', CLIENT),
    ],
    notSupported: ['Disconnecting at Stripe (/oauth/deauthorize), which is asked with the id of the account.'],
  },
};
