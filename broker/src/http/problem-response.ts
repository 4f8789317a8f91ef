import type { Response } from 'express';
import { z } from 'zod';
import { classAndPlace } from '../errors/place';
import { PROBLEMS, Problem } from '../errors/problem';
import type { Logger } from '../log/logger';

/** What goes wrong inside Express and its body parser, by their `type`. */
const PARSER_PROBLEMS: Readonly<Record<string, () => Problem>> = {
  'entity.parse.failed': () => new Problem('invalid_request', 'The body is not valid JSON.'),
  'entity.too.large': () => new Problem('payload_too_large', 'The body may hold 64 KiB at most.'),
  'encoding.unsupported': () => new Problem('unsupported_media_type', 'Send the body uncompressed.'),
  'charset.unsupported': () => new Problem('unsupported_media_type', 'Send the body as UTF-8.'),
  'request.size.invalid': () => new Problem('invalid_request', 'Content-Length does not match the body.'),
  'request.aborted': () => new Problem('invalid_request', 'The request was cut off.'),
};

/** Turns anything thrown into the problem that the caller is told. What nobody expected is told as `internal`, and nothing more. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof z.ZodError) return invalidRequest(error);
  const { type, status } = error as { type?: unknown; status?: unknown };
  const known = typeof type === 'string' ? PARSER_PROBLEMS[type] : undefined;
  if (known !== undefined) return known();
  if (error instanceof URIError || status === 400) return new Problem('invalid_request', 'The request is malformed.');
  return new Problem('internal', 'Something went wrong here. Report the requestId to the operator.', { cause: error });
}

/** What is our fault, with its cause, which callers are not told. */
export function logFault(problem: Problem, requestId: string, log: Logger): void {
  const { code, status } = problem;
  if (status >= 500) log.error('request failed', { requestId, code, cause: causeOf(problem) });
}

/** Sends RFC 9457 problem details. */
export function sendProblem(response: Response, problem: Problem, requestId: string): void {
  const { extras, status } = problem;
  const { retryAfterSeconds } = extras;
  if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(retryAfterSeconds));
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  response.setHeader('Cache-Control', 'no-store');
  response.status(status).type('application/problem+json');
  response.send(problemText(problem, requestId));
}

/** The body of RFC 9457 problem details. */
export function problemText({ code, detail, extras, status }: Problem, requestId: string): string {
  const { title } = PROBLEMS[code];
  const members = { ...extras, retryAfterSeconds: undefined }; // that one is a header
  return JSON.stringify({ type: 'about:blank', status, title, detail, code, requestId, ...members });
}

// The message of an unexpected exception may quote a value; its class and place are what we need.
function causeOf({ cause, code }: Problem): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const inner = cause.cause instanceof Error ? ` <- ${cause.cause.message}` : '';
  return code === 'internal' ? classAndPlace(cause) : `${cause.message}${inner}`;
}

function invalidRequest(error: z.ZodError): Problem {
  const errors = error.issues
    .slice(0, 20)
    .map((issue) => ({ path: issue.path.map(shown).join('.'), message: messageOf(issue) }));
  const first = errors[0];
  const where = first === undefined || first.path === '' ? '' : `${first.path}: `;
  return new Problem('invalid_request', `${where}${first?.message ?? 'The request does not fit.'}`, {
    extras: { errors },
  });
}

function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'unrecognized_keys' ? `not known here: ${issue.keys.map(shown).join(', ')}` : issue.message;
}

/** A name from outside may be a secret in the wrong place, and is repeated only when it looks like a slip of the pen. */
function shown(name: PropertyKey): string {
  return /^(\d+|[a-z][A-Za-z_]{0,31})$/.test(String(name)) ? String(name) : '…';
}
