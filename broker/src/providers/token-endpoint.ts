import type { Agent } from 'node:http';
import Wreck from '@hapi/wreck';
import type { ModuleOptions } from 'simple-oauth2';
import type { Dialect } from '../types/dialect';
import type { AnswerBody } from './answer-body';
import { classify } from './classification';
import { withoutSecrets } from './error-code';
import { grantedTokens } from './granted';
import { retryAfterMs } from './lifetime';
import { exchangeUrl, type ExchangeStep, type TokenExchange } from './long-lived';
import { isGateway, oneAnswer, type RequestOptions } from './one-answer';
import { oauthClients } from './oauth-clients';
import { silenceSimpleOAuth2 } from './silence-debug';
import type { TokenOutcome } from './token-outcome';

silenceSimpleOAuth2();

export interface TokenEndpoint extends Dialect {
  tokenUrl: string;
  authStyle: 'header' | 'body';
  scopeSeparator: string;
}

export type TokenGrant =
  | { type: 'refresh_token'; refreshToken: string; scopes?: readonly string[] }
  | { type: 'client_credentials'; scopes: readonly string[] }
  | { type: 'authorization_code'; code: string; redirectUri: string; codeVerifier: string | null }
  /** Of a long-lived token; `tokenUrl` is then where such tokens are renewed. */
  | { type: 'exchange'; exchange: TokenExchange; step: ExchangeStep; token: string };

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

/** One request to a token endpoint, once: nothing here retries. See `TokenOutcome` for all that can come back. */
export async function requestToken(call: TokenCall): Promise<TokenOutcome> {
  const { endpoint, agents, timeoutMs } = call;
  const url = URL.canParse(endpoint.tokenUrl) ? new URL(endpoint.tokenUrl) : null;
  const answer = await oneAnswer({ url, agents, timeoutMs, send: (to, options) => send(call, to, options) });
  if ('class' in answer) return answer;
  const { httpStatus, headers, body, durationMs } = answer;
  const { permanentErrors, answerPath } = endpoint;
  const verdict = classify({ host: url?.hostname ?? '', status: httpStatus, body, permanentErrors, answerPath });
  if (verdict.class === 'granted')
    return { class: 'granted', ...grantedTokens(verdict, call.keep), httpStatus, durationMs };
  return {
    class: verdict.class,
    code: withoutSecrets(verdict.code, secretsOf(call)),
    httpStatus,
    retryAfterMs: retryAfterMs(headers['retry-after'], (call.now ?? Date.now)()),
    sent: true,
    uncertain: isUncertain(httpStatus, body),
    durationMs,
  };
}

/** simple-oauth2 does the standard's grants: client authentication, parameters, the POST. Meta's are GET requests, by the client below it. */
async function send({ endpoint, client, grant }: TokenCall, url: URL, http: RequestOptions): Promise<unknown> {
  const { tokenParams, refreshParams } = endpoint;
  if (grant.type === 'exchange')
    return (await Wreck.get(exchangeUrl(url, grant, client, refreshParams).href, http)).payload;
  const { codes, credentials } = oauthClients(optionsOf(endpoint, client, url));
  if (grant.type === 'client_credentials')
    return (await credentials.getToken({ ...tokenParams, ...scopeOf(grant.scopes) }, http)).token;
  if (grant.type === 'refresh_token') {
    const parameters = { ...refreshParams, ...scopeOf(grant.scopes) };
    return (await codes.createToken({ refresh_token: grant.refreshToken }).refresh(parameters, http)).token;
  }
  const { code, redirectUri, codeVerifier } = grant;
  // Without a challenge in the request, a verifier would look like an attack (RFC 9700 section 4.8.2).
  const verifier = codeVerifier === null ? {} : { code_verifier: codeVerifier };
  return (await codes.getToken({ ...tokenParams, code, redirect_uri: redirectUri, ...verifier }, http)).token;
}

function optionsOf(endpoint: TokenEndpoint, client: TokenCall['client'], url: URL): ModuleOptions<string> {
  const { paramNames, authStyle, scopeSeparator, bodyFormat } = endpoint;
  return {
    client: {
      ...client,
      idParamName: paramNames.client_id ?? 'client_id',
      secretParamName: paramNames.client_secret ?? 'client_secret',
    },
    // The whole URL as path: simple-oauth2 resolves it against the host, so that a query survives.
    auth: { tokenHost: url.origin, tokenPath: url.href },
    options: { authorizationMethod: authStyle, scopeSeparator, bodyFormat },
  };
}

const scopeOf = (scopes: readonly string[] = []): { scope?: string[] } =>
  scopes.length > 0 ? { scope: [...scopes] } : {};

/** See TokenFailure.uncertain. */
function isUncertain(status: number, body: AnswerBody): boolean {
  const unread = body.kind === 'encoded' || body.kind === 'oversized' || body.kind === 'text';
  return isGateway(status) || (status >= 200 && status < 300 && unread);
}

function secretsOf({ client, grant }: TokenCall): string[] {
  if (grant.type === 'refresh_token') return [client.secret, grant.refreshToken];
  if (grant.type === 'exchange') return [client.secret, grant.token];
  if (grant.type !== 'authorization_code') return [client.secret];
  return [client.secret, grant.code, ...(grant.codeVerifier === null ? [] : [grant.codeVerifier])];
}
