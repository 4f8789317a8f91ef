/** What the broker answers and accepts over HTTP, as far as n8n needs it. */

/** Body of `POST /v1/grants`. */
export interface GrantRequest {
  clientId: string;
  service: string;
  /** Which of the client's connections to the service; `default` unless it has several. */
  name: string;
  /** Seconds that the token must still live at least. */
  minTtl?: number;
  /** Fingerprint of a token that the API has just refused. */
  rejected?: string;
  workflowId?: string;
  executionId?: string;
}

/** Answer of `POST /v1/grants`: one credential, ready to be sent. */
export interface Grant {
  clientId: string;
  service: string;
  name: string;
  connectionId: string;
  kind: 'oauth2' | 'client_credentials' | 'api_key' | 'basic' | 'long_lived';
  status: string;
  accessToken?: string;
  tokenType?: string;
  apiKey?: string;
  username?: string;
  password?: string;
  /** ISO 8601 UTC, null where it does not expire. */
  expiresAt: string | null;
  scopes: string[] | null;
  account: { id: string; label: string | null } | null;
  /** Ready-made request headers: how a service wants its credential stays in the broker. */
  headers: Record<string, string>;
  baseUrl: string | null;
  /** Hosts that may receive the credential, subdomains included; null: any https host. */
  allowedHosts: string[] | null;
  generation: number;
  fingerprint: string;
}

/** Body of an error, RFC 9457 `application/problem+json`. */
export interface ProblemBody {
  status: number;
  title: string;
  detail: string;
  code: string;
  requestId: string;
  reason?: string;
  connectUrl?: string;
  /** What people call them, beside connectUrl. */
  clientName?: string;
  serviceName?: string;
  /** The one that the internal token lacks. */
  scope?: string;
}
