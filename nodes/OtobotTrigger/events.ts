import type { INodePropertyOptions } from 'n8n-workflow';

/** Also what a later version of the broker tells of. */
export const ALL_EVENTS = '*';
/** Sent by the broker's own test, to one webhook, whatever that hears. */
export const TEST_EVENT = 'webhook.test';

/** Everything that the broker tells, in words for people; a test compares it with the broker's own list. */
export const EVENT_OPTIONS: INodePropertyOptions[] = [
  { name: 'All Events', value: ALL_EVENTS, description: 'Everything below, and what later versions of Otobot tell' },
  {
    name: 'Client Connected',
    value: 'connection.connected',
    description: 'A client has handed over an account, or tokens were imported',
  },
  {
    name: 'Connection Recovered',
    value: 'connection.recovered',
    description: 'What had failed, or had to be connected again, works again',
  },
  {
    name: 'Consent or Token Ends Soon',
    value: 'connection.expiring',
    description: 'In 14, 7 or 1 days; with the link to send to the client',
  },
  {
    name: 'Credential in N8n Altered',
    value: 'n8n_credential.drifted',
    description:
      'Somebody had deleted, renamed or edited a credential that Otobot keeps up to date in n8n; it was put right',
  },
  {
    name: 'Key Rotated',
    value: 'key.rotated',
    description: 'An access key of the broker has a successor, or its pepper was replaced',
  },
  {
    name: 'N8n Instance Fails',
    value: 'n8n_instance.failing',
    description: 'An n8n in which Otobot keeps credentials up to date does not answer, or refuses the key',
  },
  {
    name: 'N8n Instance Recovered',
    value: 'n8n_instance.recovered',
    description: 'It answers again',
  },
  {
    name: 'OAuth App Recovered',
    value: 'app.recovered',
    description: 'The provider accepts a secret of the OAuth client again',
  },
  {
    name: 'OAuth App Suspended',
    value: 'app.suspended',
    description: 'The provider refuses every secret of an OAuth client',
  },
  {
    name: 'Other Account Signed In',
    value: 'connection.account_mismatch',
    description: 'The client signed in with another account than before; it waits for somebody to decide',
  },
  {
    name: 'Provider Incident',
    value: 'provider.incident',
    description: 'A provider does not answer, or does so again: state is open or ended',
  },
  {
    name: 'Reauthorization Required',
    value: 'connection.reauth_required',
    description: 'Only the client can bring the connection back to life; with the link to send to the client',
  },
  {
    name: 'Record Altered',
    value: 'connection.integrity',
    description: 'Something sealed in the broker does not open: it was altered, moved or damaged',
  },
  { name: 'Revocation Failed', value: 'connection.revocation_failed', description: 'Not revoked within a day' },
  {
    name: 'Revocation Left',
    value: 'connection.revocation_left',
    description: 'Not revoked: somebody else lives on the same consent, or the provider has no way',
  },
  { name: 'Revoked', value: 'connection.revoked', description: 'The tokens of a deleted connection were revoked' },
  {
    name: 'Token Refresh Failed',
    value: 'connection.refresh_failed',
    description: 'The first of a row of failures. It is tried again, and nobody has to do anything yet.',
  },
  {
    name: 'Token Refreshed',
    value: 'connection.refreshed',
    description: 'There is a new token. With many connections, this comes very often.',
  },
  {
    name: 'Token Rejected',
    value: 'connection.rejected',
    description: 'The service rejects a token that should be good, or another account was turned away',
  },
];

/** What a workflow is told of: an event type of the broker. null: of everything. */
export function chosenEvents(chosen: readonly string[]): string[] | null {
  return chosen.includes(ALL_EVENTS) ? null : [...chosen];
}
