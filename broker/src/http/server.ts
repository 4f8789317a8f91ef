import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { Problem } from '../errors/problem';
import type { Logger } from '../log/logger';
import type { Authenticator } from '../services/access/authenticate';
import { auditEntry } from '../services/access/authorize';
import type { Refusals } from '../services/audit/refusals';
import type { Connect } from '../services/connect/connect';
import type { ReadRemembered } from '../services/credentials/read-remembered';
import type { ServeCredential } from '../services/credentials/serve-credential';
import type { DatabaseClock } from '../services/database-clock';
import { createAddressOf } from './caller';
import { createCredentialRead } from './credential-read';
import { DOCUMENTS, mountDocumentation } from './documentation/mount';
import type { Documented } from './documentation/problems';
import type { Limits } from './limits';
import { inPlainWords } from './plain-words';
import { logFault, problemOf, sendProblem } from './problem-response';
import { isHiddenOn, mountConnectPages } from './public/connect-pages';
import { localsOf, record } from './request-record';
import type { Route } from './route';
import { setUsualHeaders } from './security-headers';
import { TOKEN_ROUTE, tokenEndpoint } from './token/token-endpoint';
import { sendStreamed, Streamed } from './streamed';

export interface ServerParts {
  routes: readonly Route[];
  authenticator: Authenticator;
  readRemembered: ReadRemembered;
  serveCredential: ServeCredential;
  clock: DatabaseClock;
  limits: Limits;
  refusals: Refusals;
  log: Logger;
  trustProxy: number | readonly string[];
  /** null: clients' pages are served elsewhere. */
  connect: Connect | null;
  /** null: this process shows no documentation. */
  documented: readonly Documented[] | null;
  publicUrl: string;
}

const BODY_LIMIT_BYTES = 64 * 1024;

/** The broker's HTTP surface: a request passes helmet, the limits, its route's schemas and its handler, top to bottom. */
export function createServer(parts: ServerParts): Express {
  const { routes, limits, log, trustProxy } = parts;
  const server = express();
  server.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  server.set('trust proxy', typeof trustProxy === 'number' ? trustProxy : [...trustProxy]);
  const isHidden = isHiddenOn(parts.publicUrl);

  server.use(record(log, createAddressOf({ behindProxy: trustProxy !== 0 })));
  server.use(createCredentialRead({ ...parts, isHidden }));
  server.use((request, response, next) => {
    setUsualHeaders(response, localsOf(response).caller);
    if (isHidden(request)) throw new Problem('not_found', 'There is no such page.');
    next();
  });
  if (parts.connect !== null) mountConnectPages(server, { ...parts, connect: parts.connect });

  if (parts.documented !== null) mountDocumentation(server, { documented: parts.documented, limits });

  server.post(TOKEN_ROUTE.path, tokenEndpoint({ ...parts, admit: admit(TOKEN_ROUTE, parts) }));
  for (const route of routes) {
    server[route.method](route.path, admit(route, parts), ...bodyOf(route), answer(route));
  }
  const documents = parts.documented === null ? [] : DOCUMENTS;
  for (const path of new Set([...routes.map((route) => route.path), TOKEN_ROUTE.path, ...documents]))
    server.all(path, refuse('method_not_allowed', 'The path exists, but not with this method.'));
  server.use(refuse('not_found', 'There is no such path. GET /v1/whoami shows whether your key works.'));

  // Express tells an error handler by its four parameters.
  server.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    void tellProblem(error, request, response, limits, log);
  });
  return server;
}

/** Recognises the caller before anything of his request is read; what he may is decided, and audited, by the service that he calls. */
function admit(route: Pick<Route, 'path' | 'scope' | 'limited'>, { authenticator, limits, refusals }: ServerParts) {
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const { caller } = localsOf(response);
    localsOf(response).route = route.path;
    if (route.scope === 'public') {
      if (route.limited) await limits.countAddress(request, response, caller);
    } else {
      const principal = await authenticator.authenticate(caller.presented).catch((error: unknown) => {
        if (error instanceof Problem)
          refusals.note(auditEntry(caller, { action: 'request', scope: null }, null, error.code));
        throw error;
      });
      if (localsOf(response).counted !== true) await limits.countKey(request, response, principal);
    }
    next();
  };
}

function bodyOf(route: Route) {
  if (route.body === null) return [];
  const json = express.json({ limit: BODY_LIMIT_BYTES, inflate: false, type: () => true, reviver: withoutPrototypes });
  const unlessRead = (request: Request, response: Response, next: NextFunction): void => {
    if (request.body === undefined) json(request, response, next);
    else next();
  };
  return [onlyJson, unlessRead];
}

function onlyJson(request: Request, _response: Response, next: NextFunction): void {
  // Clients announce an empty body by its length, without a type.
  const json = request.is('application/json') !== false || request.get('content-length') === '0';
  next(json ? undefined : new Problem('unsupported_media_type', 'Send the body with Content-Type: application/json.'));
}

function withoutPrototypes(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new SyntaxError('__proto__ is no member of anything here');
  return value;
}

const IN_PLAIN_WORDS = { error: inPlainWords };

function answer({ params, query, body, status, handle }: Route) {
  return async (request: Request, response: Response): Promise<void> => {
    const input = {
      params: params.parse(request.params, IN_PLAIN_WORDS),
      query: query.parse(request.query, IN_PLAIN_WORDS),
      body: body === null ? undefined : body.parse(request.body, IN_PLAIN_WORDS),
    };
    const result = await handle(input, localsOf(response).caller);
    response.setHeader('Cache-Control', 'no-store');
    response.status(status);
    if (result instanceof Streamed) await sendStreamed(response, result);
    else if (status === 204) response.end();
    else response.json(result);
  };
}

function refuse(code: 'not_found' | 'method_not_allowed', detail: string) {
  return (): never => {
    throw new Problem(code, detail);
  };
}

async function tellProblem(
  error: unknown,
  request: Request,
  response: Response,
  limits: Limits,
  log: Logger,
): Promise<void> {
  const { caller } = localsOf(response);
  let problem = problemOf(error);
  // Guessing keys is slowed by address and by the key named; whoever holds a valid one is counted by his key.
  if (problem.code === 'key_invalid') {
    problem = await limits.countFailure(request, response, caller).then(
      () => problem,
      (limited: unknown) => problemOf(limited),
    );
  }
  logFault(problem, caller.requestId, log);
  const { sendProblem: send = sendProblem } = localsOf(response);
  if (response.headersSent) response.destroy();
  else send(response, problem, caller.requestId);
}
