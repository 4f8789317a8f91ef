import type { z } from 'zod';
import { inPlainWords } from '../../http/plain-words';
import type { Route } from '../../http/route';
import type { Caller } from '../../services/access/principal';
import { BadUsage } from '../bad-usage';
import type { Input, RouteName } from './declaration';
import type { Json } from './json';

/** A member of the request that a schema refused. */
export class Refused extends BadUsage {
  constructor(
    /** As in `body.email`. */
    readonly place: string,
    readonly what: string,
  ) {
    super(place.includes('.') ? `${place.slice(place.indexOf('.') + 1)}: ${what}` : what, 'see --help');
  }
}

/** Does what a request to a route does, and gives what the API would answer; null where that has no body. Throws Refused or Problem. */
export async function callRoute(routes: readonly Route[], name: RouteName, call: RouteCall): Promise<Json> {
  return JSON.parse(JSON.stringify((await answerOf(routes, name, call)) ?? null)) as Json;
}

export interface RouteCall {
  input: Input;
  caller: Caller;
}

/** The answer as the route gives it, which may be Streamed. */
export async function answerOf(
  routes: readonly Route[],
  name: RouteName,
  { input, caller }: RouteCall,
): Promise<unknown> {
  const route = routes.find(({ method, path }) => `${method.toUpperCase()} ${path}` === name);
  if (route === undefined) throw new Error(`there is no route ${name}`);
  return route.handle(
    {
      params: parsed('params', route.params, input.params),
      query: parsed('query', route.query, input.query),
      body: route.body === null ? undefined : parsed('body', route.body, input.body),
    },
    caller,
  );
}

function parsed(place: keyof Input, schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value, { error: inPlainWords });
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0] ?? { path: [], message: 'does not fit' };
  throw new Refused([place, ...path].join('.'), message);
}
