import type { Response } from 'express';
import { PROBLEMS, type Problem, type ProblemCode } from '../../errors/problem';

/** RFC 6749 section 5.2, and of section 4.1.2.1 what it has no word for. */
export const TOKEN_ERRORS = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'temporarily_unavailable',
  'server_error',
] as const;
export type TokenError = (typeof TOKEN_ERRORS)[number];

/** What our problems are called in OAuth, where it is not by their status. */
const BY_CODE: Readonly<Partial<Record<ProblemCode, TokenError>>> = {
  key_invalid: 'invalid_client',
  not_found: 'invalid_client',
  scope_missing: 'unauthorized_client',
  client_not_allowed: 'unauthorized_client',
  client_suspended: 'unauthorized_client',
  reauth_required: 'invalid_grant',
};
const STATUS: Readonly<Partial<Record<TokenError, number>>> = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  invalid_scope: 400,
};

/** What to do about it, where that is another thing here than at the other routes. */
const ADVICE: Readonly<Partial<Record<ProblemCode, string>>> = {
  key_invalid:
    'client_secret must be a valid access key, and client_id like acme/google: by HTTP Basic, or in the form. Make a key with: otobot access-key create',
};

/** Tells a problem as an OAuth client expects it; our own code and what helps stand beside. */
export function sendTokenProblem(response: Response, { code, detail, extras }: Problem, requestId: string): void {
  const error = errorOf(code, extras.reason);
  const { retryAfterSeconds, reason, connectUrl } = extras;
  if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(retryAfterSeconds));
  if (error === 'invalid_client') response.setHeader('WWW-Authenticate', 'Basic realm="otobot", charset="UTF-8"');
  setTokenHeaders(response);
  response.status(STATUS[error] ?? PROBLEMS[code].status);
  response.json({ error, error_description: describable(ADVICE[code] ?? detail), code, reason, connectUrl, requestId });
}

/** Section 5.1, for every answer: some intermediaries know only Pragma. */
export function setTokenHeaders(response: Response): void {
  response.setHeader('Cache-Control', 'no-store').setHeader('Pragma', 'no-cache');
}

function errorOf(code: ProblemCode, reason: string | undefined): TokenError {
  const told = TOKEN_ERRORS.find((error) => error === reason);
  const { status } = PROBLEMS[code];
  return (
    told ??
    BY_CODE[code] ??
    (status < 429 ? 'invalid_request' : status === 500 ? 'server_error' : 'temporarily_unavailable')
  );
}

/** Section 5.2 leaves out quotes, backslashes and all beyond ASCII. */
function describable(detail: string): string {
  return detail.replaceAll('"', "'").replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?');
}
