import type { Agent, IncomingHttpHeaders } from 'node:http';
import type { AnswerBody } from './answer-body';
import { bodyOf, type Ending } from './ending';
import { networkFailure } from './network-failure';
import type { TokenFailure } from './token-outcome';
import { watchAgent, type WatchedAgent } from './watched-agent';

const MAX_ANSWER_BYTES = 256 * 1024;
const OVERDUE_MS = 100;
const CATCH_UP_MS = 250;

export interface Asking {
  /** null: no URL, nothing is sent. */
  url: URL | null;
  /** The guarded way out. */
  agents: { http: Agent; https: Agent };
  /** For all of it, from the name look-up to the last byte of the body. */
  timeoutMs: number;
  /** One request by way of this agent, with these options; resolves with what was JSON. */
  send(url: URL, options: RequestOptions): Promise<unknown>;
}

/** Of @hapi/wreck, which simple-oauth2 sends with. */
export interface RequestOptions {
  agent: Agent;
  maxBytes: number;
  redirects: false;
  json: 'force';
  headers: Record<string, string>;
}

export interface Answered {
  httpStatus: number;
  headers: IncomingHttpHeaders;
  body: AnswerBody;
  durationMs: number;
}

/** One request, once, and its answer, whatever it is; or why there is none. Nothing here retries or throws. */
export async function oneAnswer({ url, agents, timeoutMs, send }: Asking): Promise<Answered | TokenFailure> {
  const startedAt = performance.now();
  const wire = watchAgent(url?.protocol === 'http:' ? agents.http : agents.https);
  const sending = url === null ? Promise.reject(new TypeError()) : send(url, optionsFor(wire));
  const ending = await endingWithin(timeoutMs, sending, wire);
  const durationMs = Math.round(performance.now() - startedAt);
  const response = wire.response();
  const body = response === null ? null : bodyOf(ending, response, wire.receivedBytes() > MAX_ANSWER_BYTES);
  if (response === null || body === null) return { ...unanswered(ending, wire), durationMs };
  return { httpStatus: response.statusCode ?? 0, headers: response.headers, body, durationMs };
}

const optionsFor = (wire: WatchedAgent): RequestOptions => ({
  agent: wire.agent,
  maxBytes: MAX_ANSWER_BYTES,
  redirects: false,
  // Whatever its content type; what is not JSON comes back as bytes inside the error.
  json: 'force',
  // Nothing compressed, so nothing that could inflate.
  headers: { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'otobot' },
});

/** Wreck's timeout starts anew for the body, so a drip of bytes would outlive it: one deadline for everything instead. */
async function endingWithin(timeoutMs: number, sending: Promise<unknown>, wire: WatchedAgent): Promise<Ending> {
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
    (value): Ending => ({ kind: 'parsed', value }),
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

/** It answers for a server behind it, which may have processed the request. */
export const isGateway = (status: number): boolean => status === 502 || status === 504;
