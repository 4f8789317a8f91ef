import type { z } from 'zod';
import { PROBLEMS, type ProblemCode } from '../../errors/problem';
import type { Route } from '../route';

/** A route without what handles it: all that documents it. */
export type Documented = Omit<Route, 'handle'> & {
  /** Sent as a form, and authenticated as an OAuth client. */
  form?: true;
  /** What refusals look like, where not as everywhere else. */
  errorAnswer?: z.ZodType;
};

/** What can go wrong with any request, and what with routes of a kind. The rest a route names itself. */
const ALWAYS: readonly ProblemCode[] = ['invalid_request', 'rate_limited', 'internal', 'database_unavailable'];
/** At the door, before a route is looked at. `stopping` is /ready's, and named there. */
const AT_THE_DOOR: readonly ProblemCode[] = ['overloaded', 'request_timeout', 'uri_too_long', 'headers_too_large'];
const WITH_KEY: readonly ProblemCode[] = ['key_invalid', 'audit_unavailable', 'key_unavailable'];
const WITH_SCOPE: readonly ProblemCode[] = ['scope_missing', 'client_not_allowed'];
const WITH_BODY: readonly ProblemCode[] = ['payload_too_large', 'unsupported_media_type', 'not_found'];

/** Every code that a route may answer, in the order of the statuses. */
export function problemsOf({ scope, path, body, problems }: Documented): ProblemCode[] {
  const codes = new Set([
    ...ALWAYS,
    ...AT_THE_DOOR,
    ...(scope === 'public' ? [] : WITH_KEY),
    ...(scope === 'public' || scope === 'any' ? [] : WITH_SCOPE),
    ...(body === null ? [] : WITH_BODY),
    ...(path.includes(':') ? (['not_found'] as const) : []),
    ...problems,
  ]);
  return (Object.keys(PROBLEMS) as ProblemCode[]).filter((code) => codes.has(code));
}
