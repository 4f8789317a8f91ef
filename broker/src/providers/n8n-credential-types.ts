/**
 * n8n's own credential types, with the service that each is for, as n8n 2.40.5 has them; `npm run test:n8n -- --only sync` holds every row against the
 * n8n that it runs. `service`: as the catalogue calls it; null: of any.
 */
export type N8nCredentialType =
  /** Its token is `oauthTokenData`, beside `clientId` and `clientSecret`. */
  | { type: string; service: string; kind: 'oauth2' }
  /** `secret`: the field that holds the key or token. */
  | { type: string; service: string | null; kind: 'api_key'; secret: string }
  | { type: string; service: string | null; kind: 'basic'; username: string; password: string };

const OAUTH2_TYPES: Readonly<Record<string, readonly string[]>> = {
  airtable: ['airtableOAuth2Api'],
  asana: ['asanaOAuth2Api'],
  atlassian: ['jiraSoftwareCloudOAuth2Api', 'confluenceCloudOAuth2Api', 'atlassianOAuth2Api'],
  box: ['boxOAuth2Api'],
  calendly: ['calendlyOAuth2Api'],
  clickup: ['clickUpOAuth2Api'],
  discord: ['discordOAuth2Api'],
  dropbox: ['dropboxOAuth2Api'],
  facebook: ['facebookGraphApiOAuth2Api', 'facebookLeadAdsOAuth2Api'],
  figma: ['figmaOAuth2Api'],
  'github-oauth': ['githubOAuth2Api'],
  gitlab: ['gitlabOAuth2Api'],
  google: [
    ...[
      'googleSheetsOAuth2Api',
      'gmailOAuth2',
      'googleDriveOAuth2Api',
      'googleCalendarOAuth2Api',
      'googleDocsOAuth2Api',
    ],
    ...['googleContactsOAuth2Api', 'googleTasksOAuth2Api', 'googleSlidesOAuth2Api', 'googleChatOAuth2Api'],
    ...['googleAnalyticsOAuth2', 'googleBigQueryOAuth2Api', 'googleBusinessProfileOAuth2Api', 'googleAdsOAuth2Api'],
    ...['googleCloudStorageOAuth2Api', 'gSuiteAdminOAuth2Api', 'youTubeOAuth2Api', 'googleSheetsTriggerOAuth2Api'],
    'googleOAuth2Api',
  ],
  highlevel: ['highLevelOAuth2Api'],
  hubspot: ['hubspotOAuth2Api'],
  linear: ['linearOAuth2Api'],
  linkedin: ['linkedInOAuth2Api', 'linkedInCommunityManagementOAuth2Api'],
  mailchimp: ['mailchimpOAuth2Api'],
  microsoft: [
    ...[
      'microsoftOutlookOAuth2Api',
      'microsoftExcelOAuth2Api',
      'microsoftOneDriveOAuth2Api',
      'microsoftTeamsOAuth2Api',
    ],
    ...[
      'microsoftToDoOAuth2Api',
      'microsoftSharePointOAuth2Api',
      'microsoftDynamicsOAuth2Api',
      'microsoftEntraOAuth2Api',
    ],
    'microsoftOAuth2Api',
  ],
  miro: ['miroOAuth2Api'],
  monday: ['mondayComOAuth2Api'],
  notion: ['notionOAuth2Api'],
  pipedrive: ['pipedriveOAuth2Api'],
  quickbooks: ['quickBooksOAuth2Api'],
  reddit: ['redditOAuth2Api'],
  salesforce: ['salesforceOAuth2Api'],
  shopify: ['shopifyOAuth2Api'],
  slack: ['slackOAuth2Api'],
  spotify: ['spotifyOAuth2Api'],
  todoist: ['todoistOAuth2Api'],
  typeform: ['typeformOAuth2Api'],
  webflow: ['webflowOAuth2Api'],
  x: ['twitterOAuth2Api'],
  xero: ['xeroOAuth2Api'],
  zendesk: ['zendeskOAuth2Api'],
  zoho: ['zohoOAuth2Api'],
  zoom: ['zoomOAuth2Api'],
};

/** By service, each type with the field that holds its key. */
const KEY_TYPES: readonly (readonly [service: string | null, type: string, secret: string])[] = [
  ['airtable', 'airtableTokenApi', 'accessToken'],
  ['anthropic', 'anthropicApi', 'apiKey'],
  ['clickup', 'clickUpApi', 'accessToken'],
  ['github', 'githubApi', 'accessToken'],
  ['gitlab', 'gitlabApi', 'accessToken'],
  ['hubspot', 'hubspotAppToken', 'appToken'],
  ['mailchimp', 'mailchimpApi', 'apiKey'],
  ['notion', 'notionApi', 'apiKey'],
  ['openai', 'openAiApi', 'apiKey'],
  ['pipedrive', 'pipedriveApi', 'apiToken'],
  ['sendgrid', 'sendGridApi', 'apiKey'],
  ['shopify', 'shopifyAccessTokenApi', 'accessToken'],
  ['slack', 'slackApi', 'accessToken'],
  ['stripe', 'stripeApi', 'secretKey'],
  ['telegram', 'telegramApi', 'accessToken'],
  [null, 'httpBearerAuth', 'token'],
  [null, 'httpHeaderAuth', 'value'],
];

export const N8N_CREDENTIAL_TYPES: readonly N8nCredentialType[] = [
  ...Object.entries(OAUTH2_TYPES).flatMap(([service, types]) =>
    types.map((type) => ({ type, service, kind: 'oauth2' as const })),
  ),
  ...KEY_TYPES.map(([service, type, secret]) => ({ type, service, kind: 'api_key' as const, secret })),
  { type: 'httpBasicAuth', service: null, kind: 'basic', username: 'user', password: 'password' },
];

/** null: not known here; n8n may have it all the same. */
export function findN8nCredentialType(type: string): N8nCredentialType | null {
  return N8N_CREDENTIAL_TYPES.find((known) => known.type === type) ?? null;
}
