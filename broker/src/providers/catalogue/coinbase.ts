import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const REFERENCE: Source = 'https://docs.cdp.coinbase.com/coinbase-app/oauth2-integration/reference';
const TOKENS: Source = 'https://docs.cdp.coinbase.com/coinbase-app/oauth2-integration/access-and-refresh-tokens';
const START: Source = 'https://docs.cdp.coinbase.com/coinbase-app/oauth2-integration/quickstart';
const MANUAL: Source = 'https://docs.cdp.coinbase.com/coinbase-app/oauth2-integration/integrations';
const STRATEGY: Source = 'https://github.com/coinbase/omniauth-coinbase/blob/master/README.md';

export const coinbase: ProviderEntry = {
  ...UNKNOWN,
  name: 'coinbase',
  displayName: 'Coinbase',
  kind: 'oauth2',
  authorizationUrl: seen('https://login.coinbase.com/oauth2/auth', REFERENCE),
  tokenUrl: seen('https://login.coinbase.com/oauth2/token', REFERENCE),
  authStyle: seen('body', TOKENS),
  scopeSeparator: seen(',', REFERENCE),
  pkce: seen(true, REFERENCE),
  rotation: seen('strict', TOKENS),
  accessTokenSeconds: seen(3_600, TOKENS),
  consentIdleSeconds: seen(47_304_000, TOKENS),
  account: cited(
    { from: 'url', url: 'https://api.coinbase.com/v2/user', idPath: 'data.id', labelPath: 'data.name' },
    STRATEGY,
  ),
  baseUrl: seen('https://api.coinbase.com', START),
  allowedHosts: seen(['api.coinbase.com'], START),
  scopes: [
    { ...seen('wallet:user:read', STRATEGY), byDefault: true, en: 'See who you are', fr: 'Savoir qui vous êtes' },
    {
      ...seen('offline_access', TOKENS),
      byDefault: true,
      en: 'Keep this access while you are away',
      fr: 'Conserver cet accès en votre absence',
    },
    {
      ...seen('wallet:accounts:read', MANUAL),
      byDefault: false,
      en: 'See your accounts and balances',
      fr: 'Voir vos comptes et vos soldes',
    },
  ],
  guide: {
    console: seen('https://portal.cdp.coinbase.com/', START),
    steps: [
      seen('Create an account on the CDP Portal, and ask your contact at Coinbase to be allowed OAuth.', START),
      cited('Under "API Keys", "OAuth" create a client with {redirectUri} as its redirect URI.', START),
      cited('Copy the client ID and the client secret.', START),
    ],
    traps: [
      seen('New OAuth clients are for approved partners, and creating them was switched off for a time.', START),
      seen('Without the scope offline_access there is no refresh token.', TOKENS),
      seen('A refresh token can be exchanged once.', TOKENS),
      seen(
        'The reference says that scopes are parted by commas, the example of the guide parts them by spaces.',
        REFERENCE,
      ),
    ],
    notSupported: [],
  },
};
