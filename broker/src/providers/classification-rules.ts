/**
 * Whom a failure concerns. `permanent`: this connection, its client must consent again. `app`: the OAuth client, so every connection
 * of it. `transient`: nobody, try later. `throttled`: too many requests of this client or from this address. `malformed`: no answer that a token endpoint gives. `unknown`: an error we have no rule for.
 */
export type FailureClass = 'permanent' | 'app' | 'transient' | 'throttled' | 'malformed' | 'unknown';

export type Rule = {
  class: FailureClass;
  /** Domain of the provider whose words these are; absent: everybody's. */
  domain?: string;
  source: string;
} & ({ /** Lower-case error codes. */ codes: readonly string[]; text?: undefined } | Worded);

interface Worded {
  /** Absent: any. */
  codes?: readonly string[];
  /** Must be found in the error's description. */
  text: RegExp;
  /** A description as providers write it. */
  example: string;
}

/** First match wins: one provider's words before the general meaning, permanent before the rest. */
export const RULES: readonly Rule[] = [
  {
    class: 'permanent',
    codes: ['invalid_request'],
    text: /value passed for the (token|authorization code) was invalid/i,
    example: 'Value passed for the token was invalid.',
    domain: 'x.com',
    source: 'plhery/node-twitter-api-v2#496',
  },
  {
    class: 'permanent',
    codes: ['unauthorized_client'],
    text: /refresh[_ ]token is invalid/i,
    example: 'refresh_token is invalid',
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
  {
    class: 'permanent',
    codes: ['oauthexception_190', 'oauthexception_102'],
    source: 'Meta, 400 or 401: developers.facebook.com/docs/graph-api/guides/error-handling',
  },
  {
    class: 'app',
    codes: ['oauthexception_1'],
    text: /validating client secret/i,
    example: 'Error validating client secret.',
    source: 'Meta: facebookarchive/php-graph-sdk#538',
  },
  {
    class: 'app',
    codes: ['oauthexception_101'],
    text: /invalid application id/i,
    example: 'Error validating application. Invalid application ID.',
    source: 'Meta: diowa/icare#5',
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
    codes: ['oauthexception_4', 'oauthexception_17', 'oauthexception_341'],
    source: 'Meta: developers.facebook.com/docs/graph-api/guides/error-handling',
  },
  {
    class: 'transient',
    codes: ['oauthexception_1', 'oauthexception_2'],
    source: 'Meta: developers.facebook.com/docs/graph-api/guides/error-handling',
  },
  {
    class: 'throttled',
    text: /too many requests|rate limit|throttl/i,
    example: 'You have made too many requests continuously. Please try again after some time.',
    source: 'Zoho: "Access Denied" with 400 and this text',
  },
];
