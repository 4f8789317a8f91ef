import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const TOKENS: Source = 'https://developers.facebook.com/documentation/business-messaging/whatsapp/access-tokens';
const EXPIRING: Source =
  'https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/business/system_user_access_tokens';
const SYSTEM: Source =
  'https://developers.facebook.com/docs/business-management-apis/system-users/install-apps-and-generate-tokens';
const GRAPH: Source = 'https://developers.facebook.com/docs/graph-api/overview';

export const whatsapp: ProviderEntry = {
  ...UNKNOWN,
  name: 'whatsapp',
  displayName: 'WhatsApp Business',
  kind: 'long_lived',
  tokenUrl: cited('https://graph.facebook.com/v25.0/oauth/access_token', EXPIRING),
  authStyle: cited('body', EXPIRING),
  renewal: seen('check', SYSTEM),
  baseUrl: cited('https://graph.facebook.com/v25.0', GRAPH),
  allowedHosts: cited(['graph.facebook.com'], GRAPH),
  requestHeader: cited('Authorization', TOKENS),
  requestScheme: cited('Bearer', TOKENS),
  verifyUrl: cited('https://graph.facebook.com/v25.0/me', GRAPH),
  guide: {
    console: cited('https://business.facebook.com/settings/system-users', SYSTEM),
    steps: [
      cited(
        'In the business settings, under "System users", add a system user and give it the app and the WhatsApp Business account.',
        TOKENS,
      ),
      cited(
        'Generate a token for it with the permissions that the workflows need, and put it into the Connect page.',
        TOKENS,
      ),
    ],
    traps: [
      seen('A token of a system user is long-lived and needs nobody to sign in.', TOKENS),
      seen(
        'Otobot asks after it once a day. That takes the OAuth client of the Meta app, whose secret is not sent for it.',
        SYSTEM,
      ),
      cited(
        'Tokens that expire can be renewed: make the service with --renewal fb_exchange_token and --refresh-params set_token_expires_in_60_days=true, and import them with their end.',
        EXPIRING,
      ),
      seen('It expires after 60 days only where set_token_expires_in_60_days was asked for.', EXPIRING),
      seen(
        'An admin system user reaches all WhatsApp Business accounts of the portfolio; an employee only those it was given.',
        TOKENS,
      ),
    ],
    notSupported: [],
  },
};
