/** Everything that is told outside: the type of an event, when it is told, and what its `data` may look like. */
export const EVENT_TYPES = {
  'connection.connected': {
    about: 'A client has handed over an account, or tokens were imported.',
    data: { generation: 1, kind: 'oauth2' },
  },
  'connection.refreshed': {
    about: 'There is a new token.',
    data: { generation: 8, expiresAt: '2026-11-20T11:00:00+00:00' },
  },
  'connection.refresh_failed': {
    about: 'The first of a row of failures to renew the token. It is tried again, and nobody has to do anything yet.',
    data: { generation: 7, code: 'http_503' },
  },
  'connection.reauth_required': {
    about: 'Only the client can bring it back to life, by connecting again: with connectUrl.',
    data: {
      ...{ generation: 7, code: 'invalid_grant', reason: 'revoked' },
      connectUrl: 'https://otobot.example.com/connect/…',
    },
  },
  'connection.recovered': {
    about: 'What had failed, or had to be connected again, works again.',
    data: { generation: 8 },
  },
  'connection.expiring': {
    about: 'A consent, or a token that nothing renews, ends in 14, 7 or 1 days.',
    data: {
      ...{ generation: 7, endsAt: '2026-12-04T10:00:00.000Z', days: 14, end: 'absolute' },
      connectUrl: 'https://otobot.example.com/connect/…',
    },
  },
  'connection.revoked': {
    about: 'The tokens of a deleted connection were revoked at the provider.',
    data: { outcome: 'revoked' },
  },
  'connection.revocation_left': {
    about: 'They were not revoked: somebody else lives on the same consent, or the provider has no way.',
    data: { outcome: 'shared' },
  },
  'connection.revocation_failed': {
    about: 'They could not be revoked within a day. The client can do it at the provider.',
    data: { outcome: 'given_up', code: 'http_500' },
  },
  'connection.rejected': {
    about: 'The service rejects a token that should be good, or another account was turned away: reason says which.',
    data: { reason: 'token_rejected', generation: 7, renewable: true, windows: 2 },
  },
  'connection.account_mismatch': {
    about: 'The client signed in with another account than before; it waits for somebody to decide.',
    data: { expected: 'anna@acme.example', connected: 'bob@acme.example' },
  },
  'connection.integrity': {
    about: 'Something sealed does not open: it was altered, moved or damaged.',
    data: { generation: 7, code: 'integrity', reason: 'integrity' },
  },
  'provider.incident': {
    about: 'A provider does not answer (state open), or does so again (ended).',
    data: {
      ...{ state: 'open', host: 'oauth2.googleapis.com', cause: 'unreachable', code: 'timeout' },
      ...{ openedAt: '2026-11-20T10:00:00.000Z', services: ['google'] },
    },
  },
  'app.suspended': {
    about: 'The provider refuses every secret of an OAuth client: its connections wait until there is a good one.',
    data: { code: 'invalid_client' },
  },
  'app.recovered': { about: 'It accepts one again.', data: {} },
  'key.rotated': {
    about: 'An access key has a successor (key access_key), or the pepper that signs their rows was replaced (pepper).',
    data: { key: 'access_key', keyId: '7Qm2xVb0KpLa', replacedBy: 'fR3dYt81LmQz', endsAt: '2026-11-21T10:00:00.000Z' },
  },
  'n8n_credential.drifted': {
    about:
      'Somebody had deleted, renamed, retyped or edited a credential in n8n that is kept up to date there. It was put right.',
    data: { instance: 'main', type: 'googleSheetsOAuth2Api', name: 'default', drift: 'renamed' },
  },
  'n8n_instance.failing': {
    about: 'An n8n in which credentials are kept up to date does not answer, or refuses the key of its API.',
    data: { instance: 'main', code: 'unauthorized' },
  },
  'n8n_instance.recovered': {
    about: 'It answers again.',
    data: { instance: 'main', failingSince: '2026-11-20T10:00:00+00:00' },
  },
} as const satisfies Record<string, { about: string; data: Readonly<Record<string, unknown>> }>;

export type EventType = keyof typeof EVENT_TYPES;

/** The type of the event that `POST /v1/webhooks/:id/test` sends, to that webhook alone. */
export const TEST_TYPE = 'webhook.test';

/** With each refresh there is one, and the history of refreshes says the same: kept only where somebody hears it. */
export const PASSING_TYPES: readonly EventType[] = ['connection.refreshed'];

export const TOLD_TYPES = Object.keys(EVENT_TYPES) as readonly EventType[];
