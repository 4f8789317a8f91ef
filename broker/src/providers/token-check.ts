import type { Agent } from 'node:http';
import Wreck from '@hapi/wreck';
import { classify, type Classification } from './classification';
import { withoutSecrets } from './error-code';
import { retryAfterMs } from './lifetime';
import { oneAnswer } from './one-answer';
import type { TokenFailure } from './token-outcome';

export interface TokenCheckCall {
  /** A harmless GET of the API. */
  url: string;
  /** How the API wants the token. */
  header: { name: string; value: string };
  token: string;
  /** As in Dialect. */
  permanentErrors: readonly string[];
  /** The guarded way out. */
  agents: { http: Agent; https: Agent };
  timeoutMs: number;
}

/** `alive`: the API still takes the token. */
export type TokenCheck = { class: 'alive'; httpStatus: number; durationMs: number } | TokenFailure;

/** Asks an API whether it still takes a token: one request, once. Nothing is used up by it, so no end of it is uncertain. */
export async function checkToken(call: TokenCheckCall): Promise<TokenCheck> {
  const { header, agents, timeoutMs, permanentErrors } = call;
  const url = URL.canParse(call.url) ? new URL(call.url) : null;
  const answer = await oneAnswer({
    ...{ url, agents, timeoutMs },
    send: async (to, options) => {
      const headers = { ...options.headers, [header.name]: header.value };
      return (await Wreck.get(to.href, { ...options, headers })).payload;
    },
  });
  if ('class' in answer) return { ...answer, uncertain: false };
  const { httpStatus, headers, body, durationMs } = answer;
  const host = url?.hostname ?? '';
  const verdict = judged(httpStatus, classify({ host, status: httpStatus, body, permanentErrors }));
  if (verdict === 'alive') return { class: 'alive', httpStatus, durationMs };
  const code = withoutSecrets(verdict.code, [call.token]);
  const pause = retryAfterMs(headers['retry-after'], Date.now());
  return { class: verdict.class, code, httpStatus, retryAfterMs: pause, sent: true, uncertain: false, durationMs };
}

/** An API's answer is no token answer: there, 401 is about the token, and 403 means that it is known (RFC 9110 15.5.2 and 15.5.4). */
function judged(status: number, verdict: Classification): 'alive' | Exclude<Classification, { class: 'granted' }> {
  if (verdict.class === 'granted') return 'alive';
  // Whatever an API calls a client, it is not the OAuth client: no secret of that was sent.
  const { code } = verdict;
  const failure = verdict.class === 'app' ? 'unknown' : verdict.class;
  const isUnruled = failure === 'unknown' || failure === 'malformed';
  if (status === 401 && isUnruled) return { class: 'permanent', code };
  if (status === 403 && isUnruled) return 'alive';
  return status >= 200 && status < 300 && failure === 'malformed' ? 'alive' : { class: failure, code };
}
