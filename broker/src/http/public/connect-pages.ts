import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Logger } from '../../log/logger';
import type { Caller } from '../../services/access/principal';
import type { Connect } from '../../services/connect/connect';
import { doorOf } from '../../services/connect/open-link';
import type { HandedIn } from '../../services/connect/hand-in';
import { ending } from '../../services/connect/outcome';
import type { Limits } from '../limits';
import { connectPage } from '../pages/connect-page';
import { departurePage } from '../pages/departure-page';
import { languageOf } from '../pages/language';
import type { Outcome, Page } from '../pages/models';
import { outcomePage } from '../pages/outcome-page';
import { problemOf } from '../problem-response';
import { browserCookie, setBrowserCookie } from './browser-cookies';
import { connectModel, outcomeModel } from './page-models';

export interface ConnectPagesParts {
  connect: Connect;
  limits: Limits;
  publicUrl: string;
  log: Logger;
}

/** The only paths that clients need to reach; examples/Caddyfile forwards exactly these. */
export const PUBLIC_PATHS = ['/connect/:token', '/oauth/callback/:service'] as const;
const [CONNECT, CALLBACK] = PUBLIC_PATHS;

/** A page to send; a redirect has been sent already. */
type Answered = Page | 'redirected';
type Visited = Request<{ token?: string; service?: string }>;
type Handle = (request: Visited, response: Response, caller: Caller) => Promise<Answered>;

const FORM = express.urlencoded({ extended: false, limit: 32 * 1024, inflate: false });

/** What clients of an agency see: pages, never JSON, and an honest one for each way that it can end. */
export function mountConnectPages(server: Express, parts: ConnectPagesParts): void {
  const { connect, publicUrl } = parts;
  const page = (path: string, handle: Handle) => visited(path, handle, parts);
  const look: Handle = async (request, _response, caller) => {
    const { token = '' } = request.params;
    const visit = await connect.visit(caller, token);
    if ('ended' in visit) return outcomePage(outcomeModel(request, caller.requestId, visit.ended));
    return connectPage(connectModel(request, token, visit.open));
  };

  const begin: Handle = async (request, response, caller) => {
    // A form on somebody else's page must not start a flow in the visitor's name. Browsers that say nothing are let through:
    // the link in the path is a secret already.
    if (['cross-site', 'same-site'].includes(request.get('sec-fetch-site') ?? ''))
      return simplePage(request, caller, 'wrong_origin');
    const { token = '' } = request.params;
    const visit = await connect.visit(caller, token);
    if ('ended' in visit) return outcomePage(outcomeModel(request, caller.requestId, visit.ended));
    const door = doorOf(visit.open.service);
    const body = await bodyOf(request, response);
    const typed = fieldOf(body, 'tenant');
    if (door === 'api_key' || door === 'basic') {
      const result = await connect.handIn(caller, token, handedIn(door, body), typed);
      if ('problem' in result) return connectPage(connectModel(request, token, result.open, { ...result, typed }));
      return outcomePage(outcomeModel(request, caller.requestId, result.ended));
    }
    const result = await connect.start(caller, token, typed);
    if ('problem' in result) return connectPage(connectModel(request, token, result.open, { ...result, typed }));
    if ('ended' in result) return outcomePage(outcomeModel(request, caller.requestId, result.ended));
    const { browser, location } = result.started;
    setBrowserCookie(response, publicUrl, browser);
    const model = connectModel(request, token, visit.open);
    // Where the page could not name the origin beforehand, its form-action would stop the redirect in every browser.
    if (isNavigation(request) || model.authorizationOrigin === null)
      return departurePage({ ...model, authorizationUrl: location });
    response.redirect(303, location);
    return 'redirected';
  };

  const comeBack: Handle = async (request, _response, caller) => {
    // Express answers HEAD by the handler of GET, and no browser comes back by it.
    if (request.method === 'HEAD') return simplePage(request, caller, 'state_unknown');
    const { service = '' } = request.params;
    const query = {
      state: single(request.query.state),
      code: single(request.query.code),
      iss: single(request.query.iss),
      error: single(request.query.error),
      errorDescription: single(request.query.error_description),
      parameters: new URL(request.originalUrl, publicUrl).searchParams,
    };
    const ended = await connect.finish(caller, service, query, (attempt) => browserCookie(request, publicUrl, attempt));
    return outcomePage(outcomeModel(request, caller.requestId, ended));
  };

  server.get(CONNECT, page(CONNECT, look));
  server.post(CONNECT, page(CONNECT, begin));
  server.get(CALLBACK, page(CALLBACK, comeBack));
  // A path that cannot be decoded reaches no handler: somebody's mail program broke the link.
  const unreadable = page('none', (request, _response, caller) =>
    Promise.resolve(simplePage(request, caller, 'link_unknown')),
  );
  server.use('/connect', (_error: unknown, request: Request, response: Response, _next: NextFunction) => {
    void unreadable(request, response);
  });
}

/** The fields of a form; undefined where the body is none that our form makes: too large, compressed, of another type. */
function bodyOf(request: Request, response: Response): Promise<unknown> {
  return new Promise((resolve) => {
    FORM(request, response, (error?: unknown) => resolve(error === undefined ? request.body : undefined));
  });
}

/** Counts, answers, and tells also what went wrong in a page, because a person is reading. */
function visited(path: string, handle: Handle, { limits, log }: ConnectPagesParts) {
  return async (request: Visited, response: Response): Promise<void> => {
    const locals = response.locals as { caller: Caller; route?: string };
    locals.route = path;
    setHeaders(response);
    try {
      await limits.countAddress(request, response, locals.caller);
      const answered = await handle(request, response, locals.caller);
      if (answered !== 'redirected') send(response, answered);
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status >= 500) log.error('page failed', { requestId: locals.caller.requestId, code: problem.code });
      const page = simplePage(request, locals.caller, problem.code === 'rate_limited' ? 'too_many' : 'internal');
      const { retryAfterSeconds } = problem.extras;
      if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(retryAfterSeconds));
      // A database that is away for a moment is no mistake of ours, and programs in between may tell them apart.
      send(response, problem.status === 503 ? { ...page, status: 503 } : page);
    }
  };
}

function simplePage(request: Request, { requestId }: Caller, outcome: Outcome): Page {
  const language = languageOf(request.get('accept-language'), null);
  return outcomePage({ ...outcomeModel(request, requestId, ending('link_unknown')), outcome, language });
}

function send(response: Response, { status, html, contentSecurityPolicy }: Page): void {
  response.setHeader('Content-Security-Policy', contentSecurityPolicy);
  response.status(status).type('html').send(html);
}

function setHeaders(response: Response): void {
  response.setHeader('Cache-Control', 'no-store');
  // The path holds the link, or the code and the state.
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('X-Robots-Tag', 'noindex');
}

/**
 * Browsers hold every redirect after a form to the page's form-action, all along the chain, and a provider may go on to an origin that
 * nobody knows beforehand, such as a shop's or a region's. There a page that leads on ends the chain; everybody else is redirected.
 */
function isNavigation(request: Request): boolean {
  return request.get('sec-fetch-mode') === 'navigate';
}

function handedIn(kind: string, body: unknown): HandedIn {
  const field = (name: string): string => fieldOf(body, name);
  // What is copied comes with white space around it; in a password it may be meant.
  return kind === 'basic'
    ? { username: field('username').trim(), password: field('password') }
    : { apiKey: field('apiKey').trim() };
}

function fieldOf(body: unknown, name: string): string {
  const { [name]: value } = (body ?? {}) as Record<string, unknown>;
  return typeof value === 'string' ? value : '';
}

/** A parameter given twice is none: which one was meant is not ours to guess. */
function single(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** On the host that clients use nothing but their pages exists, whatever a proxy in front forwards: whether a request asks for more there. */
export function isHiddenOn(publicUrl: string): (request: Request) => boolean {
  const { hostname } = new URL(publicUrl);
  if (['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return () => false;
  const patterns = PUBLIC_PATHS.map((path) => new RegExp(`^${path.replace(/:[a-z]+/g, '[^/]+')}$`));
  return (request) => {
    // Asked for in either way: a proxy may pass on an X-Forwarded-Host that a visitor made up.
    const asked = [request.hostname, request.get('host')].map(hostOf).includes(hostname);
    return asked && !patterns.some((pattern) => pattern.test(request.path));
  };
}

/** A host is the same in capitals, with a port and with the dot of the root; HTTP/1.0 may send none. */
function hostOf(sent: string | undefined): string | undefined {
  return sent?.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}
