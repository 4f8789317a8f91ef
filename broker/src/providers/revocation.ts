import { safeErrorCode, withoutSecrets } from './error-code';

export interface RevocationCall {
  url: string;
  authStyle: 'header' | 'body';
  /** Where the token is written; RFC 7009 says in a form. */
  format: 'form' | 'json' | 'query';
  client: { id: string; secret: string };
  token: string;
  tokenType: 'refresh_token' | 'access_token';
}

/** A POST by RFC 7009 section 2.1. The client authenticates as at the token endpoint (RFC 6749 section 2.3.1). */
export function revocationRequest({ url, authStyle, format, client, token, tokenType }: RevocationCall): {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
} {
  const about = { token, token_type_hint: tokenType };
  const secret = authStyle === 'body' ? { client_id: client.id, client_secret: client.secret } : {};
  const basic = authStyle === 'body' ? {} : { authorization: basicOf(client) };
  if (format === 'json') {
    const headers = { 'content-type': 'application/json', ...basic };
    return { url, headers, body: JSON.stringify({ ...about, ...secret }) };
  }
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...basic };
  if (format === 'form') return { url, headers, body: formOf({ ...about, ...secret }) };
  const withToken = new URL(url);
  for (const [name, value] of Object.entries(about)) withToken.searchParams.set(name, value);
  return { url: withToken.href, headers, body: formOf(secret) };
}

const formOf = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();

/** Both halves form-encoded first, as RFC 6749 appendix B wants it. */
function basicOf({ id, secret }: RevocationCall['client']): string {
  const encoded = (text: string): string => formOf({ '': text }).slice(1);
  return `Basic ${Buffer.from(`${encoded(id)}:${encoded(secret)}`).toString('base64')}`;
}

/**
 * `revoked`: the token is worth nothing any more, by this call or before. `client`: this client secret is refused. `unsupported`: the provider
 * does not revoke such tokens. `failed`: try again later.
 */
export interface RevocationVerdict {
  class: 'revoked' | 'client' | 'unsupported' | 'failed';
  /** Safe to store and to log. Empty where there is nothing to say. */
  code: string;
}

/** A token that does not work is what was wanted: RFC 7009 section 2.2 answers 200 for it, others say so in these words. */
const WORTHLESS = new Set([
  'invalid_token',
  'invalid_grant',
  'token_revoked',
  'token_expired',
  'invalid_refresh_token',
]);
const CLIENT = new Set(['invalid_client', 'unauthorized_client']);

/** What an answer means; the body speaks before the status, as at token endpoints. Total. */
export function revocationVerdict(call: RevocationCall, status: number, body: unknown): RevocationVerdict {
  const raw = errorIn(body);
  const code = raw === null ? null : withoutSecrets(safeErrorCode(raw), [call.token, call.client.secret]);
  if (code === null)
    return status >= 200 && status < 300 ? { class: 'revoked', code: '' } : { class: 'failed', code: `http_${status}` };
  if (status >= 500 || status === 429) return { class: 'failed', code };
  if (WORTHLESS.has(code)) return { class: 'revoked', code };
  if (CLIENT.has(code)) return { class: 'client', code };
  return { class: code === 'unsupported_token_type' ? 'unsupported' : 'failed', code };
}

function errorIn(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const { error, ok } = body as { error?: unknown; ok?: unknown };
  if (typeof error === 'string' && error.trim() !== '') return error;
  return ok === false || (error !== undefined && error !== null && error !== false && error !== '') ? 'error' : null;
}
