import type { Broker } from '../../src/app/broker';
import { problemsOf } from '../../src/http/documentation/problems';
import type { Route } from '../../src/http/route';
import { allRoutes } from '../../src/http/serve';

interface Answered {
  status: number;
  headers: Headers;
  json: Record<string, unknown>;
}

const known = allRoutes({} as Broker).map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replace(/:[a-zA-Z]+/g, '[^/]+')}$`),
}));

/** Which route a request reaches; null: none. */
export function routeOf(method: string, path: string): Route | null {
  const reached = known.filter(
    ({ route, pattern }) => route.method === method.toLowerCase() && pattern.test(path.split('?')[0] ?? ''),
  );
  // As in the router, the first that is declared.
  return reached[0]?.route ?? null;
}

/** Every answer that a test gets is held against the documentation. Throws where that says something else. */
export function requireDocumented(method: string, url: string, { status, headers, json }: Answered): void {
  const route = routeOf(method, new URL(url).pathname);
  if (route === null) return;
  const name = `${method} ${route.path}`;
  if (status >= 400) {
    requireProblem(name, problemsOf(route), String(json.code));
    return;
  }
  if (status !== route.status) throw new Error(`${name} answered ${status}, and is documented with ${route.status}`);
  if (route.answer === null || !(headers.get('content-type') ?? '').startsWith('application/json')) return;
  const read = route.answer.safeParse(json);
  if (read.success) return;
  const issues = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`the answer of ${name} is none that its schema (src/http/answers) describes: ${issues.join('; ')}`);
}

function requireProblem(name: string, documented: readonly string[], code: string): void {
  if (documented.includes(code)) return;
  throw new Error(`${name} answered ${code}, which is not documented: add it to "problems" of the route`);
}
