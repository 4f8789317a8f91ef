import { z } from 'zod';
import type { Caller } from '../services/access/principal';
import type { ProblemCode } from '../errors/problem';
import type { Scope } from '../secrets/scopes';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** One row of the public surface: what validates a request also documents it. */
export interface Route {
  method: Method;
  /** As Express writes it: `/v1/clients/:clientId`. */
  path: string;
  summary: string;
  /** Needed on the access key; `any`: every valid key; `public`: no key at all. */
  scope: Scope | 'any' | 'public';
  /** false: for probes, which ask by the second and from one address; their answers cost nothing. */
  limited: boolean;
  params: z.ZodType;
  query: z.ZodType;
  body: z.ZodType | null;
  /** The status of success. 204 sends no body. */
  status: number;
  /** What success answers, for the documentation; the tests hold every real answer against it. null: nothing (204), or nobody's to read. */
  answer: z.ZodType | null;
  /** Of an answer that is Streamed; else it is JSON. */
  mediaTypes?: readonly string[];
  /** What can go wrong here beyond what can go wrong with every route of its kind (see documentation/problems). */
  problems: readonly ProblemCode[];
  /** Gives what is sent as JSON, or Streamed. */
  handle: (input: { params: unknown; query: unknown; body: unknown }, caller: Caller) => Promise<unknown>;
}

interface RouteOf<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  method: Method;
  path: string;
  summary: string;
  scope: Route['scope'];
  limited?: boolean;
  params?: P;
  query?: Q;
  body?: B;
  status?: number;
  answer?: z.ZodType;
  mediaTypes?: readonly string[];
  problems?: readonly ProblemCode[];
  handle: (input: { params: z.output<P>; query: z.output<Q>; body: z.output<B> }, caller: Caller) => Promise<unknown>;
}

const NOTHING = z.strictObject({});

/** Declares a route; the handler gets what the schemas made of the request. Unknown members and parameters are refused. */
export function route<
  P extends z.ZodType = typeof NOTHING,
  Q extends z.ZodType = typeof NOTHING,
  B extends z.ZodType = z.ZodUndefined,
>(definition: RouteOf<P, Q, B>): Route {
  const { method, path, summary, scope, limited, params, query, body, status, answer, mediaTypes, problems, handle } =
    definition;
  return {
    method,
    path,
    summary,
    scope,
    limited: limited ?? true,
    params: params ?? NOTHING,
    query: query ?? NOTHING,
    body: body ?? null,
    status: status ?? 200,
    answer: answer ?? null,
    ...(mediaTypes && { mediaTypes }),
    problems: problems ?? [],
    handle: handle as Route['handle'],
  };
}
