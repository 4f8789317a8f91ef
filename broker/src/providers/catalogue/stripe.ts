import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const AUTHENTICATION: Source = 'https://docs.stripe.com/api/authentication?lang=curl';
const KEYS: Source = 'https://docs.stripe.com/keys';
const RESTRICTED: Source = 'https://docs.stripe.com/keys/restricted-api-keys';
const BALANCE: Source = 'https://docs.stripe.com/api/balance?api-version=2025-07-30.basil';

export const stripe: ProviderEntry = {
  ...UNKNOWN,
  name: 'stripe',
  displayName: 'Stripe',
  kind: 'api_key',
  baseUrl: seen('https://api.stripe.com', AUTHENTICATION),
  allowedHosts: seen(['api.stripe.com'], AUTHENTICATION),
  requestHeader: seen('Authorization', AUTHENTICATION),
  requestScheme: seen('Bearer', AUTHENTICATION),
  verifyUrl: seen('https://api.stripe.com/v1/balance', BALANCE),
  guide: {
    console: seen('https://dashboard.stripe.com/apikeys', KEYS),
    steps: [
      seen(
        'Whoever owns the account opens the page above in the right account and creates a restricted key.',
        RESTRICTED,
      ),
      seen('It gets, per resource, the permissions that the workflows need: Read, Write or None.', RESTRICTED),
      cited('It has to allow reading the balance too: that is how Otobot checks the key.', RESTRICTED),
      seen('The key (rk_live_…) goes into the Connect page.', RESTRICTED),
    ],
    traps: [
      seen('A secret key (sk_live_…) may do everything in the account: ask for a restricted one.', RESTRICTED),
      seen('Keys with _test_ in them reach the sandbox only.', AUTHENTICATION),
      seen('A restricted key without a permission gets an error for that request.', RESTRICTED),
    ],
    notSupported: ['Stripe Connect and Stripe Apps, which use OAuth: this service keeps API keys.'],
  },
};
