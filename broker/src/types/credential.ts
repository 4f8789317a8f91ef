/** How a connection authenticates at its service. */
export const CONNECTION_KINDS = ['oauth2', 'client_credentials', 'api_key', 'basic', 'long_lived'] as const;
export type ConnectionKind = (typeof CONNECTION_KINDS)[number];

/** What is stored; what is shown derives from it (view connection_status). */
export type StoredStatus = 'active' | 'backoff' | 'uncertain' | 'reauth_required' | 'disabled';
export const SHOWN_STATUSES = [
  'client_suspended',
  'disabled',
  'key_unavailable',
  'reauth_required',
  'expired',
  'app_suspended',
  'refreshing',
  'uncertain',
  'backoff',
  'active',
] as const;
export type ShownStatus = (typeof SHOWN_STATUSES)[number];

/** Names one connection as callers do. clientId null: the organization's own. */
export interface ConnectionName {
  organizationId: string;
  clientId: string | null;
  service: string;
  name: string;
}
