import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const FLOW: Source = 'https://github.com/GoHighLevel/highlevel-api-docs/blob/main/docs/oauth/Authorization.md';
const SPEC: Source = 'https://github.com/GoHighLevel/highlevel-api-docs/blob/main/apps/oauth.json';
const FAQ: Source = 'https://github.com/GoHighLevel/highlevel-api-docs/blob/main/docs/oauth/Faqs.md';

export const highlevel: ProviderEntry = {
  ...UNKNOWN,
  name: 'highlevel',
  displayName: 'HighLevel',
  kind: 'oauth2',
  authorizationUrl: seen('https://marketplace.gohighlevel.com/v2/oauth/chooselocation', FLOW),
  tokenUrl: seen('https://services.leadconnectorhq.com/oauth/token', SPEC),
  authStyle: seen('body', SPEC),
  scopeSeparator: seen(' ', FLOW),
  accessTokenSeconds: seen(86_399, SPEC),
  account: seen({ from: 'answer', url: null, idPath: 'locationId', labelPath: null }, SPEC),
  baseUrl: seen('https://services.leadconnectorhq.com', SPEC),
  allowedHosts: seen(['services.leadconnectorhq.com'], SPEC),
  scopes: [
    {
      ...seen('conversations/message.readonly', FLOW),
      byDefault: false,
      en: 'See your messages',
      fr: 'Voir vos messages',
    },
    {
      ...seen('conversations/message.write', FLOW),
      byDefault: false,
      en: 'Send messages for you',
      fr: 'Envoyer des messages en votre nom',
    },
  ],
  guide: {
    console: seen('https://marketplace.gohighlevel.com', FLOW),
    steps: [
      seen('Sign up for a developer account; under "My Apps" choose "Create App".', FLOW),
      cited(
        'In the settings of the app enter {redirectUri} as a redirect URL, choose the scopes and generate the keys.',
        FLOW,
      ),
    ],
    traps: [
      seen('An admin of the location or agency has to consent.', FLOW),
      seen('Access tokens are valid for a day.', FAQ),
      seen('A token is one of a location or of an agency: locationId stands in the answer for a location only.', SPEC),
    ],
    notSupported: [
      'The account behind the token of an agency (companyId): only that of a location (locationId) is read.',
      'Tokens of locations made from the token of an agency.',
      'The parameter user_type in token requests, where the app needs it.',
    ],
  },
};
