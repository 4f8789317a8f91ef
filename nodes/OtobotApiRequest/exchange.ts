import { BrokerError } from '../shared/broker-error';
import type { Grant } from '../shared/contract';
import type { ApiCall } from './call';
import { dispatch, type ApiAnswer, type SendSettings } from './dispatch';
import { isWorthRepeating, repeatedly, type RetryLimits } from './retries';

export interface ExchangeSettings extends SendSettings, RetryLimits {
  /** One grant of the broker, for the connection of this item; `rejected`: fingerprint of a token refused with 401. */
  ask: (rejected?: string) => Promise<Grant>;
}

/**
 * One call to the API and its answer, whatever its status. Each request asks the broker first, so that the audit has
 * a row for each and a suspended client is stopped before the next one, also between two pages or two attempts.
 *
 * @throws BrokerError when the broker gives no credential, when the call may not go where it should, when nobody answers
 */
export async function exchange(call: ApiCall, settings: ExchangeSettings): Promise<ApiAnswer> {
  return await repeatedly(
    () => withFreshToken(call, settings),
    ({ status, headers }) => (isWorthRepeating(call.method, status) ? { retryAfter: headers['retry-after'] } : null),
    settings,
  );
}

/**
 * A 401 is reported, and only a new token is worth sending the call again: for every method, since what was refused
 * for its token was not carried out.
 */
async function withFreshToken(call: ApiCall, settings: ExchangeSettings): Promise<ApiAnswer> {
  const grant = await granted(settings);
  const answer = await dispatch(call, grant, settings);
  if (answer.status !== 401 || !answer.carriedCredential) return answer;
  const next = await report(grant.fingerprint, settings);
  return next === null ? answer : await dispatch(call, next, settings);
}

async function granted(settings: ExchangeSettings): Promise<Grant> {
  const outcome = await ask(settings);
  if (isGrant(outcome)) return outcome;
  throw outcome;
}

/** @returns the grant with another token, or null where there is none, so that the API's own answer stands */
async function report(fingerprint: string, settings: ExchangeSettings): Promise<Grant | null> {
  const outcome = await ask(settings, fingerprint);
  if (isGrant(outcome)) return outcome.fingerprint === fingerprint ? null : outcome;
  if (isVerdict(outcome)) throw outcome;
  return null;
}

/**
 * A broker that is asked too much says when to come again. Waiting is what saves a run of many items: were it to end
 * here and be repeated as a whole, everything that was sent before would be sent twice.
 */
async function ask(settings: ExchangeSettings, rejected?: string): Promise<Grant | Error> {
  return await repeatedly(
    () => settings.ask(rejected).catch((error: Error) => error),
    (outcome) => (outcome instanceof BrokerError && TOO_MUCH.has(outcome.reasonCode) ? outcome : null),
    settings,
  );
}
const TOO_MUCH = new Set(['rate_limited', 'overloaded']);

function isGrant(outcome: Grant | Error): outcome is Grant {
  return !(outcome instanceof Error);
}

/** The broker says something about the connection (reconnect, suspended), which explains more than a bare 401. */
function isVerdict(error: unknown): boolean {
  const status = error instanceof BrokerError ? error.httpStatus : null;
  return status !== null && status >= 400 && status < 500 && status !== 429;
}
