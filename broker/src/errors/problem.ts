/**
 * Everything that can go wrong for a caller, in one table: the stable `code` for programs, the status and the title.
 * (RFC 9457; the codes are part of the public contract.)
 */
export const PROBLEMS = {
  invalid_request: { status: 400, title: 'The request is malformed' },
  key_invalid: { status: 401, title: 'The access key is missing or not valid' },
  scope_missing: { status: 403, title: 'The access key lacks a scope' },
  client_not_allowed: { status: 403, title: 'The access key may not act for this client or service' },
  client_suspended: { status: 403, title: 'The client is suspended' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  request_timeout: { status: 408, title: 'The request did not come in time' },
  conflict: { status: 409, title: 'It already exists, or is still in use' },
  reauth_required: { status: 409, title: 'The client must connect the account again' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  uri_too_long: { status: 414, title: 'The URL is too long' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  invalid_value: { status: 422, title: 'A value is not acceptable' },
  rate_limited: { status: 429, title: 'Too many requests' },
  quota_exceeded: { status: 429, title: 'The quota of the access key is used up' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  integrity: { status: 500, title: 'A sealed record does not open' },
  internal: { status: 500, title: 'Internal error' },
  overloaded: { status: 503, title: 'Too much is asked at once' },
  stopping: { status: 503, title: 'The process is being stopped' },
  refresh_pending: { status: 503, title: 'The token is being refreshed' },
  audit_unavailable: { status: 503, title: 'The audit cannot be written, so nothing is released' },
  key_unavailable: { status: 503, title: 'The encryption key of this record is not available' },
  database_unavailable: { status: 503, title: 'The database does not answer' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** Members beside the standard ones, for callers that can act on them. */
export interface ProblemExtras {
  retryAfterSeconds?: number;
  reason?: string;
  connectUrl?: string;
  /** What people call those whom it is about. */
  clientName?: string;
  serviceName?: string;
  /** The one that is missing. */
  scope?: string;
  errors?: readonly { path: string; message: string }[];
}

/**
 * An expected failure with two voices: `detail` says to the caller what is wrong and what to do next;
 * `cause` is for our log only and is never sent.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly extras: ProblemExtras;

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    options: { cause?: unknown; extras?: ProblemExtras } = {},
  ) {
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.extras = options.extras ?? {};
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }
}
