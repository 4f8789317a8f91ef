/**
 * Whom a failure concerns. `permanent`: this connection, its client must consent again. `app`: the OAuth client, so every connection
 * of it. `transient`: nobody, try later. `throttled`: too many requests of this client or from this address. `malformed`: no answer that a token endpoint gives. `unknown`: an error we have no rule for.
 */
export type FailureClass = 'permanent' | 'app' | 'transient' | 'throttled' | 'malformed' | 'unknown';

interface Rule {
  class: FailureClass;
  /** Lower-case error codes; absent: any. */
  codes?: readonly string[];
  /** Must be found in the error's description. */
  text?: RegExp;
  /** Domain of the provider whose words these are; absent: everybody's. */
  domain?: string;
  source: string;
}

/** First match wins: one provider's words before the general meaning, permanent before the rest. */
export const RULES: readonly Rule[] = [
  {
    class: 'permanent',
    codes: ['invalid_request'],
    text: /value passed for the (token|authorization code) was invalid/i,
    domain: 'x.com',
    source: 'plhery/node-twitter-api-v2#496',
  },
  {
    class: 'permanent',
    codes: ['unauthorized_client'],
    text: /refresh[_ ]token is invalid/i,
    source: 'Atlassian, 403: raycast/extensions#11836',
  },
  { class: 'permanent', codes: ['invalid_grant'], source: 'RFC 6749 5.2; Atlassian sends it with 403' },
  {
    class: 'permanent',
    codes: ['interaction_required', 'consent_required', 'login_required'],
    source: 'OpenID Connect Core 3.1.2.6; Microsoft Entra',
  },
  { class: 'permanent', codes: ['bad_refresh_token'], source: 'HubSpot (`status`, upper case); GitHub, with 200' },
  { class: 'permanent', codes: ['invalid_code'], source: 'Zoho, with 200' },
  {
    class: 'permanent',
    codes: ['token_revoked', 'token_expired', 'invalid_refresh_token', 'account_inactive'],
    source: 'Slack, `ok: false` with 200',
  },
  { class: 'app', codes: ['invalid_client', 'unauthorized_client', 'unsupported_grant_type'], source: 'RFC 6749 5.2' },
  { class: 'app', codes: ['incorrect_client_credentials'], source: 'GitHub, with 200' },
  { class: 'app', codes: ['invalid_client_id', 'bad_client_secret'], source: 'Slack, `ok: false` with 200' },
  { class: 'app', codes: ['invalid_client_secret'], source: 'Zoho, with 200' },
  {
    class: 'transient',
    codes: ['temporarily_unavailable', 'server_error'],
    source: 'RFC 6749 4.1.2.1',
  },
  { class: 'throttled', codes: ['slow_down'], source: 'RFC 8628 3.5' },
  {
    class: 'throttled',
    codes: ['ratelimited', 'rate_limited', 'rate_limit_exceeded', 'too_many_requests'],
    source: 'Slack and others',
  },
  { class: 'transient', codes: ['internal_error', 'fatal_error'], source: 'Slack' },
  {
    class: 'throttled',
    text: /too many requests|rate limit|throttl/i,
    source: 'Zoho: "Access Denied" with 400 and this text',
  },
];
