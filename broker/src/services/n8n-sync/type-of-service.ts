import { Problem } from '../../errors/problem';

/** n8n's credential types by service; the first is what is taken unless another one is named. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  google: [
    'googleOAuth2Api',
    'googleSheetsOAuth2Api',
    'gmailOAuth2',
    'googleDriveOAuth2Api',
    'googleCalendarOAuth2Api',
  ],
  hubspot: ['hubspotOAuth2Api'],
  slack: ['slackOAuth2Api'],
  microsoft: [
    'microsoftOutlookOAuth2Api',
    'microsoftExcelOAuth2Api',
    'microsoftOneDriveOAuth2Api',
    'microsoftTeamsOAuth2Api',
  ],
};

/** The type that was named, or the only one that n8n has for the service. Throws Problem `invalid_value` where one has to be named. */
export function typeOfService(service: string, named: string | undefined): string {
  if (named !== undefined) return named;
  const types = TYPES[service] ?? [];
  const [only] = types;
  if (only !== undefined && types.length === 1) return only;
  const which = types.length === 0 ? 'such as httpBearerAuth' : `one of ${types.join(', ')}`;
  throw new Problem(
    'invalid_value',
    `type: name the credential type of n8n that service "${service}" is to stand there as, ${which}.`,
  );
}
