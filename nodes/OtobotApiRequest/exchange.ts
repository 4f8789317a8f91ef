import { BrokerError } from '../shared/broker-error';
import type { Grant } from '../shared/contract';
import type { ApiCall } from './call';
import { dispatch, type ApiAnswer, type SendSettings } from './dispatch';
import { isWorthRepeating, waitBefore, type RetryLimits } from './retries';

export interface ExchangeSettings extends SendSettings, RetryLimits {
  /** One grant of the broker, for the connection of this item; `rejected`: fingerprint of a token refused with 401. */
  ask: (rejected?: string) => Promise<Grant>;
  /** Milliseconds; fails when the execution is cancelled. */
  wait: (ms: number) => Promise<void>;
  nowMs: () => number;
  random: () => number;
}

/**
 * One call to the API and its answer, whatever its status. Each request asks the broker first, so that the audit has
 * a row for each and a suspended client is stopped before the next one, also between two pages or two attempts.
 *
 * @throws BrokerError when the broker gives no credential, when the call may not go where it should, when nobody answers
 */
export async function exchange(call: ApiCall, settings: ExchangeSettings): Promise<ApiAnswer> {
  for (let attempt = 0; ; attempt++) {
    const answer = await withFreshToken(call, settings);
    if (attempt >= settings.maxRetries || !isWorthRepeating(call.method, answer.status)) return answer;
    const waitMs = waitBefore(attempt, answer.headers['retry-after'], settings.nowMs(), settings.random());
    if (waitMs > settings.maxWaitMs) return answer;
    await settings.wait(waitMs);
  }
}

/**
 * A 401 is reported, and only a new token is worth sending the call again: for every method, since what was refused
 * for its token was not carried out.
 */
async function withFreshToken(call: ApiCall, settings: ExchangeSettings): Promise<ApiAnswer> {
  const grant = await settings.ask();
  const answer = await dispatch(call, grant, settings);
  if (answer.status !== 401 || !answer.carriedCredential) return answer;
  const next = await report(grant.fingerprint, settings);
  return next === null ? answer : await dispatch(call, next, settings);
}

/** @returns the grant with another token, or null where there is none, so that the API's own answer stands */
async function report(fingerprint: string, { ask }: ExchangeSettings): Promise<Grant | null> {
  const outcome = await ask(fingerprint).catch((error: unknown) => error);
  if (isGrant(outcome)) return outcome.fingerprint === fingerprint ? null : outcome;
  if (isVerdict(outcome)) throw outcome;
  return null;
}

function isGrant(outcome: unknown): outcome is Grant {
  return !(outcome instanceof Error);
}

/** The broker says something about the connection (reconnect, suspended), which explains more than a bare 401. */
function isVerdict(error: unknown): boolean {
  const status = error instanceof BrokerError ? error.httpStatus : null;
  return status !== null && status >= 400 && status < 500 && status !== 429;
}
