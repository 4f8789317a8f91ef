import { cited, seen, UNKNOWN, type ProviderEntry, type Source } from './entry';

const V3: Source = 'https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide';
const TOKENS: Source = 'https://developers.hubspot.com/docs/methods/oauth2/refresh-access-token';
const V1: Source = 'https://developers.hubspot.com/docs/api-reference/legacy/authentication/oauth-tokens/v1/guide.md';
const INTROSPECT: Source =
  'https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/public-token/post-oauth-v3-token-introspect';
const WORKING: Source =
  'https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/oauth/working-with-oauth';
const ANSWER: Source =
  'https://github.com/HubSpot/hubspot-api-nodejs/blob/master/codegen/oauth/models/AccessTokenResponse.ts';
const SCOPES: Source = 'https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/scopes';

export const hubspot: ProviderEntry = {
  ...UNKNOWN,
  name: 'hubspot',
  displayName: 'HubSpot',
  kind: 'oauth2',
  authorizationUrl: seen('https://app.hubspot.com/oauth/authorize', V3),
  tokenUrl: cited('https://api.hubapi.com/oauth/v3/token', V3),
  authStyle: seen('body', V3),
  scopeSeparator: cited(' ', WORKING),
  rotation: cited('none', TOKENS),
  accessTokenSeconds: seen(1_800, TOKENS),
  account: seen({ from: 'answer', url: null, idPath: 'hub_id', labelPath: null }, ANSWER),
  baseUrl: seen('https://api.hubapi.com', INTROSPECT),
  allowedHosts: seen(['api.hubapi.com'], INTROSPECT),
  scopes: [
    {
      ...cited('oauth', SCOPES),
      byDefault: true,
      en: 'Connect this HubSpot account',
      fr: 'Connecter ce compte HubSpot',
    },
    {
      ...cited('crm.objects.contacts.read', SCOPES),
      byDefault: true,
      en: 'See your contacts',
      fr: 'Voir vos contacts',
    },
    {
      ...cited('crm.objects.contacts.write', SCOPES),
      byDefault: false,
      en: 'Create, change and delete your contacts',
      fr: 'Créer, modifier et supprimer vos contacts',
    },
    {
      ...cited('crm.objects.companies.read', SCOPES),
      byDefault: false,
      en: 'See your companies',
      fr: 'Voir vos entreprises',
    },
    {
      ...cited('crm.objects.deals.read', SCOPES),
      byDefault: false,
      en: 'See your deals',
      fr: 'Voir vos transactions',
    },
  ],
  guide: {
    console: cited('https://app.hubspot.com/developer', WORKING),
    steps: [
      seen('Create an app in your HubSpot developer account.', WORKING),
      cited('In its "Auth" settings, add {redirectUri} as a redirect URL.', WORKING),
      cited('There too, choose the scopes below: they must be the ones that are asked for.', WORKING),
      seen('Copy the client ID and the client secret from the "Auth" page of the app.', WORKING),
    ],
    traps: [
      seen(
        'Whoever connects must be a Super Admin of the HubSpot account or have its Marketplace access permission.',
        WORKING,
      ),
      seen('Version 1 of the token endpoint is deprecated on 2027-02-16; version 3 is set here.', V1),
      seen('Access tokens live for 30 minutes, so they are refreshed twice an hour.', TOKENS),
      cited('Deleting the refresh token does not uninstall the app in HubSpot.', V1),
    ],
    notSupported: [],
  },
};
