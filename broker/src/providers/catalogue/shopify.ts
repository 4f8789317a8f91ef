import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const STANDALONE: Source =
  'https://shopify.dev/docs/apps/build/authentication-authorization/authenticate-standalone-apps';
const TOKENS: Source = 'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens';
const OFFLINE: Source =
  'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/offline-access-tokens';
const RESILIENT: Source = 'https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens';
const EXPIRY: Source = 'https://shopify.dev/changelog/posts/offline-access-tokens-now-support-expiry-and-refresh';
const LIBRARY: Source =
  'https://github.com/Shopify/shopify-app-js/blob/main/packages/apps/shopify-api/lib/auth/oauth/oauth.ts';
const VALIDATOR: Source =
  'https://github.com/Shopify/shopify-app-js/blob/main/packages/apps/shopify-api/lib/utils/shop-validator.ts';
const HMAC: Source =
  'https://github.com/Shopify/shopify-app-js/blob/main/packages/apps/shopify-api/lib/utils/hmac-validator.ts';
const SCOPES: Source = 'https://shopify.dev/docs/api/usage/access-scopes';

export const shopify: ProviderEntry = {
  ...UNKNOWN,
  name: 'shopify',
  displayName: 'Shopify',
  kind: 'oauth2',
  authorizationUrl: seen('https://{tenant}.myshopify.com/admin/oauth/authorize', LIBRARY),
  tokenUrl: seen('https://{tenant}.myshopify.com/admin/oauth/access_token', LIBRARY),
  authStyle: seen('body', LIBRARY),
  bodyFormat: seen('json', LIBRARY),
  tokenParams: cited({ expiring: '1' }, STANDALONE),
  scopeSeparator: cited(',', STANDALONE),
  rotation: seen('grace', RESILIENT),
  graceSeconds: seen(2_592_000, RESILIENT),
  accessTokenSeconds: seen(3_600, EXPIRY),
  consentIdleSeconds: seen(7_776_000, RESILIENT),
  baseUrl: seen('https://{tenant}.myshopify.com', LIBRARY),
  allowedHosts: seen(['{tenant}.myshopify.com'], LIBRARY),
  requestHeader: seen('X-Shopify-Access-Token', TOKENS),
  requestScheme: seen('', TOKENS),
  tenant: seen({ what: 'shop', from: 'link', param: 'shop', hosts: null, example: 'acme-store' }, VALIDATOR),
  redirectHmacParam: seen('hmac', HMAC),
  scopes: [
    {
      ...cited('read_products', SCOPES),
      byDefault: true,
      en: 'See the products of the shop',
      fr: 'Voir les produits de la boutique',
    },
    {
      ...cited('write_products', SCOPES),
      byDefault: false,
      en: 'Create, change and delete products',
      fr: 'Créer, modifier et supprimer des produits',
    },
    {
      ...cited('read_orders', SCOPES),
      byDefault: false,
      en: 'See the orders of the last 60 days',
      fr: 'Voir les commandes des 60 derniers jours',
    },
    {
      ...cited('read_customers', SCOPES),
      byDefault: false,
      en: 'See the customers of the shop',
      fr: 'Voir les clients de la boutique',
    },
  ],
  guide: {
    console: cited('https://dev.shopify.com/dashboard', STANDALONE),
    steps: [
      seen('Create an app in the Dev Dashboard.', STANDALONE),
      seen('Add {redirectUri} as a redirect URL in its settings, or in [auth] of shopify.app.toml.', STANDALONE),
      seen('Copy the client ID and the client secret.', STANDALONE),
    ],
    traps: [
      seen(
        'Each shop has a host of its own: the client names it on the connect page, and it never names another host.',
        VALIDATOR,
      ),
      seen(
        'A shop that belongs to the organization of the app needs no consent: there the client credentials grant is enough.',
        STANDALONE,
      ),
      seen(
        'Public apps made since 2026-04-01 must use expiring tokens, and all public apps from 2027-01-01; custom apps need not.',
        OFFLINE,
      ),
      seen(
        'Shopify replaces an expiring refresh token at each use; the one before works until its replacement was used, for at most 30 days.',
        RESILIENT,
      ),
      seen('API requests carry the token in the header X-Shopify-Access-Token, as set here.', TOKENS),
    ],
    notSupported: [],
  },
};
