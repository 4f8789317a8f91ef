import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { playFault, send, type Fault, type ProperAnswer } from './provider-faults';
import { BEHAVIOURS, CANARY, DEFAULT_BEHAVIOUR, TokenBook, type Behaviour, type Issued } from './provider-tokens';

/** One request that arrived, in the order of arrival. */
export interface ProviderCall {
  method: string;
  /** With its query. */
  path: string;
  headers: http.IncomingHttpHeaders;
  form: URLSearchParams;
  clientId: string | null;
  clientSecret: string | null;
  /** The refresh token that it carried. */
  refreshToken: string | null;
  /** Milliseconds since the epoch. */
  at: number;
}

/** An OAuth provider on loopback: real HTTP, a memory of tokens, a journal, and any misbehaviour on request. */
export interface Provider {
  url: string;
  tokenUrl: string;
  /** A second token endpoint, at another origin (another name of the same machine). */
  renewalUrl: string;
  /** 200 with the consent's id for a live access token, 401 otherwise. */
  apiUrl: string;
  clientId: string;
  /** All are valid at once, as while a secret is being rotated; change the array in place to revoke one. */
  clientSecrets: string[];
  /** Every call of the token endpoint. */
  calls: ProviderCall[];
  /** A consent with its first tokens, as if somebody had just connected. */
  issue(scopes?: string[]): Issued;
  /** An authorization code; with a verifier, the exchange must show it (PKCE S256). */
  issueCode(codeVerifier?: string | null): string;
  /** An authorization code for a request with this challenge; null: it had none. */
  issueCodeFor(codeChallenge: string | null): string;
  /** From now on. */
  behave(behaviour: keyof typeof BEHAVIOURS | Partial<Behaviour>): void;
  /** For the next call of the token endpoint, or the next `times`; queued. */
  next(fault: Fault, times?: number): void;
  /** For every call of the token endpoint until null. `next` goes before it. */
  always(fault: Fault | null): void;
  /** The person takes the consent back: all its tokens die. */
  revoke(consent: string): void;
  expireAccessTokens(): void;
  isLive(refreshToken: string): boolean;
  accepts(accessToken: string): boolean;
  callsWith(refreshToken: string): number;
  /** Resolves once `calls` has that many entries. */
  received(count: number): Promise<void>;
  /** Forgets calls, faults and behaviours; tokens stay. */
  reset(): void;
  close(): Promise<void>;
}

export interface ProviderOptions {
  port?: number;
  clientId?: string;
  clientSecrets?: string[];
  now?: () => number;
}

export async function startProvider(options: ProviderOptions = {}): Promise<Provider> {
  const { port = 0, now = Date.now, clientId = 'provider-app' } = options;
  const clientSecrets = options.clientSecrets ?? [`${CANARY}-client-secret-1`, `${CANARY}-client-secret-2`];
  const book = new TokenBook(now);
  const calls: ProviderCall[] = [];
  const queued: Fault[] = [];
  let standing: Fault | null = null;

  const token = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = journalEntry(request, new URLSearchParams(await text(request)), now());
    const fault = queued.shift() ?? standing;
    calls.push(call);
    server.emit('journal');
    const proper = (): ProperAnswer => properAnswer(book, call, clientId, clientSecrets);
    if (fault === null) send(response, proper());
    else playFault(fault, request, response, proper);
  };

  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://provider');
    if (pathname === '/token' || pathname === '/renew') token(request, response).catch(() => response.destroy());
    else api(book, pathname, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    ...{
      url,
      tokenUrl: `${url}/token`,
      renewalUrl: `${url.replace('127.0.0.1', 'localhost')}/renew`,
      apiUrl: `${url}/api/me`,
      clientId,
      clientSecrets,
      calls,
    },
    issue: (scopes) => book.issue(scopes),
    issueCode: (codeVerifier) => book.issueCode(codeVerifier),
    issueCodeFor: (codeChallenge) => book.issueCodeFor(codeChallenge),
    behave: (behaviour) => {
      const change: Partial<Behaviour> = typeof behaviour === 'string' ? BEHAVIOURS[behaviour] : behaviour;
      book.behaviour = { ...book.behaviour, ...change };
    },
    next: (fault, times = 1) => void queued.push(...Array<Fault>(times).fill(fault)),
    always: (fault) => void (standing = fault),
    revoke: (consent) => {
      book.revoke(consent);
    },
    expireAccessTokens: () => {
      book.expireAccessTokens();
    },
    isLive: (refreshToken) => book.isLive(refreshToken),
    accepts: (accessToken) => book.consentOf(accessToken) !== null,
    callsWith: (refreshToken) => calls.filter((call) => call.refreshToken === refreshToken).length,
    received: (count) => arrived(server, calls, count),
    reset: () => {
      calls.length = queued.length = 0;
      standing = null;
      book.behaviour = { ...DEFAULT_BEHAVIOUR };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Client authentication, then the grant; in the format that the behaviour asks for. */
function properAnswer(book: TokenBook, call: ProviderCall, clientId: string, secrets: readonly string[]): ProperAnswer {
  const known = call.clientId === clientId && secrets.includes(call.clientSecret ?? '');
  const { status, fields } = known ? book.answer(call.form) : { status: 401, fields: { error: 'invalid_client' } };
  if (book.behaviour.format === 'json')
    return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(fields) };
  const pairs = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  const body = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, String(value)])).toString();
  return { status, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body };
}

function journalEntry(request: IncomingMessage, form: URLSearchParams, at: number): ProviderCall {
  const { method = '', url: path = '', headers } = request;
  const basic = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1];
  const [id = null, secret = null] =
    basic === undefined
      ? [form.get('client_id'), form.get('client_secret')]
      : Buffer.from(basic, 'base64').toString().split(':').map(formDecoded);
  return {
    method,
    path,
    headers,
    form,
    clientId: id,
    clientSecret: secret,
    refreshToken: form.get('refresh_token'),
    at,
  };
}

function api(book: TokenBook, pathname: string, request: IncomingMessage, response: ServerResponse): void {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const consent = book.consentOf(bearer);
  const found = pathname === '/api/me';
  const status = !found ? 404 : consent === null ? 401 : 200;
  const body = JSON.stringify(status === 200 ? { consent } : { error: found ? 'invalid_token' : 'not_found' });
  send(response, { status, headers: { 'content-type': 'application/json' }, body });
}

async function arrived(server: http.Server, calls: readonly ProviderCall[], count: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const check = (): void => {
      if (calls.length < count) return;
      server.off('journal', check);
      resolve();
    };
    server.on('journal', check);
    check();
  });
}

const formDecoded = (value: string): string => decodeURIComponent(value.replaceAll('+', ' '));
