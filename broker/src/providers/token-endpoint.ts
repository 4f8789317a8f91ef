import type { Agent } from 'node:http';
import type { AccessToken, ModuleOptions, WreckHttpOptions } from 'simple-oauth2';
import type { AnswerBody } from './answer-body';
import { classify } from './classification';
import { bodyOf, type Ending } from './ending';
import type { Dialect } from '../types/dialect';
import { withoutSecrets } from './error-code';
import { grantedTokens } from './granted';
import { retryAfterMs } from './lifetime';
import { networkFailure } from './network-failure';
import { oauthClients } from './oauth-clients';
import { silenceSimpleOAuth2 } from './silence-debug';
import type { TokenFailure, TokenOutcome } from './token-outcome';
import { watchAgent, type WatchedAgent } from './watched-agent';

silenceSimpleOAuth2();

const MAX_ANSWER_BYTES = 256 * 1024;
const OVERDUE_MS = 100;
const CATCH_UP_MS = 250;

export interface TokenEndpoint extends Dialect {
  tokenUrl: string;
  authStyle: 'header' | 'body';
  scopeSeparator: string;
}

export type TokenGrant =
  | { type: 'refresh_token'; refreshToken: string; scopes?: readonly string[] }
  | { type: 'client_credentials'; scopes: readonly string[] }
  | { type: 'authorization_code'; code: string; redirectUri: string; codeVerifier: string | null };

export interface TokenCall {
  endpoint: TokenEndpoint;
  client: { id: string; secret: string };
  grant: TokenGrant;
  /** Paths into the answer: what is kept of it beside the tokens. */
  keep: readonly string[];
  /** The guarded way out. */
  agents: { http: Agent; https: Agent };
  /** For all of it, from the name look-up to the last byte of the body. */
  timeoutMs: number;
  /** Milliseconds since the epoch; for `Retry-After` with a date. */
  now?: () => number;
}

/** One POST to a token endpoint, once: nothing here retries. See `TokenOutcome` for all that can come back. */
export async function requestToken(call: TokenCall): Promise<TokenOutcome> {
  const startedAt = performance.now();
  const url = URL.canParse(call.endpoint.tokenUrl) ? new URL(call.endpoint.tokenUrl) : null;
  const wire = watchAgent(url?.protocol === 'http:' ? call.agents.http : call.agents.https);
  const ending = await endingWithin(
    call.timeoutMs,
    url === null ? Promise.reject(new TypeError()) : send(call, url, wire),
    wire,
  );
  const durationMs = Math.round(performance.now() - startedAt);
  const response = wire.response();
  const body = response === null ? null : bodyOf(ending, response, wire.receivedBytes() > MAX_ANSWER_BYTES);
  if (response === null || body === null) return { ...unanswered(ending, wire), durationMs };
  const httpStatus = response.statusCode ?? 0;
  const { permanentErrors, answerPath } = call.endpoint;
  const verdict = classify({ host: url?.hostname ?? '', status: httpStatus, body, permanentErrors, answerPath });
  if (verdict.class === 'granted')
    return { class: 'granted', ...grantedTokens(verdict, call.keep), httpStatus, durationMs };
  return {
    class: verdict.class,
    code: withoutSecrets(verdict.code, secretsOf(call)),
    httpStatus,
    retryAfterMs: retryAfterMs(response.headers['retry-after'], (call.now ?? Date.now)()),
    sent: true,
    uncertain: isUncertain(httpStatus, body),
    durationMs,
  };
}

/** Everything that simple-oauth2 does for us: client authentication, parameters per grant, the POST. */
async function send({ endpoint, client, grant }: TokenCall, url: URL, wire: WatchedAgent): Promise<AccessToken> {
  const { paramNames, tokenParams, refreshParams, bodyFormat } = endpoint;
  const options: ModuleOptions<string> = {
    client: {
      ...client,
      idParamName: paramNames.client_id ?? 'client_id',
      secretParamName: paramNames.client_secret ?? 'client_secret',
    },
    // The whole URL as path: simple-oauth2 resolves it against the host, so that a query survives.
    auth: { tokenHost: url.origin, tokenPath: url.href },
    options: { authorizationMethod: endpoint.authStyle, scopeSeparator: endpoint.scopeSeparator, bodyFormat },
  };
  const http: WreckHttpOptions = {
    agent: wire.agent,
    maxBytes: MAX_ANSWER_BYTES,
    redirects: false,
    // Whatever its content type; what is not JSON comes back as bytes inside the error.
    json: 'force',
    // Nothing compressed, so nothing that could inflate.
    headers: { 'accept-encoding': 'identity', 'user-agent': 'otobot' },
  };
  const { codes, credentials } = oauthClients(options);
  if (grant.type === 'client_credentials')
    return credentials.getToken({ ...tokenParams, ...scopeOf(grant.scopes) }, http);
  if (grant.type === 'refresh_token')
    return codes
      .createToken({ refresh_token: grant.refreshToken })
      .refresh({ ...refreshParams, ...scopeOf(grant.scopes) }, http);
  const { code, redirectUri, codeVerifier } = grant;
  // Without a challenge in the request, a verifier would look like an attack (RFC 9700 section 4.8.2).
  const verifier = codeVerifier === null ? {} : { code_verifier: codeVerifier };
  const parameters = { ...tokenParams, code, redirect_uri: redirectUri, ...verifier };
  return codes.getToken(parameters, http);
}

const scopeOf = (scopes: readonly string[] = []): { scope?: string[] } =>
  scopes.length > 0 ? { scope: [...scopes] } : {};

/** Wreck's timeout starts anew for the body, so a drip of bytes would outlive it: one deadline for everything instead. */
async function endingWithin(timeoutMs: number, sending: Promise<AccessToken>, wire: WatchedAgent): Promise<Ending> {
  let timer: NodeJS.Timeout | undefined;
  const endsAtMs = performance.now() + timeoutMs;
  const deadline = new Promise<Ending>((resolve) => {
    const end = (): void => {
      wire.cut();
      resolve({ kind: 'timeout' });
    };
    timer = setTimeout(() => {
      // The process stood still: an answer may have arrived meanwhile, and is read before it counts as missing. What has not left stays here.
      const stoodStill = performance.now() - endsAtMs > OVERDUE_MS;
      if (stoodStill && wire.wasSent()) timer = setTimeout(end, CATCH_UP_MS);
      else end();
    }, timeoutMs);
  });
  const ended = sending.then(
    ({ token }): Ending => ({ kind: 'parsed', value: token }),
    (error: unknown): Ending => ({ kind: 'failed', error }),
  );
  return Promise.race([ended, deadline]).finally(() => {
    clearTimeout(timer);
  });
}

/** No answer, or not all of it. */
function unanswered(ending: Ending, wire: WatchedAgent): Omit<TokenFailure, 'durationMs'> {
  const httpStatus = wire.response()?.statusCode ?? null;
  const common = { httpStatus, retryAfterMs: null };
  // simple-oauth2 refused its own input, before Node was asked for a connection: characters that no header carries.
  if (ending.kind === 'failed' && !wire.wasAsked())
    return { ...common, class: 'app', code: 'client_configuration', sent: false, uncertain: false };
  const failure =
    ending.kind === 'failed' ? networkFailure(ending.error) : ({ class: 'transient', code: 'timeout' } as const);
  const code = ending.kind === 'failed' && httpStatus !== null ? 'truncated' : failure.code;
  const sent = wire.wasSent();
  return {
    ...common,
    class: failure.class,
    code,
    sent,
    uncertain: sent && (httpStatus === null || httpStatus < 400 || isGateway(httpStatus)),
  };
}

/** See TokenFailure.uncertain. */
function isUncertain(status: number, body: AnswerBody): boolean {
  const unread = body.kind === 'encoded' || body.kind === 'oversized' || body.kind === 'text';
  return isGateway(status) || (status >= 200 && status < 300 && unread);
}

const isGateway = (status: number): boolean => status === 502 || status === 504;

function secretsOf({ client, grant }: TokenCall): string[] {
  if (grant.type === 'refresh_token') return [client.secret, grant.refreshToken];
  if (grant.type !== 'authorization_code') return [client.secret];
  return [client.secret, grant.code, ...(grant.codeVerifier === null ? [] : [grant.codeVerifier])];
}
