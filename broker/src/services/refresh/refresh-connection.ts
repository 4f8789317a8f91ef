import { Problem } from '../../errors/problem';
import type { Logger } from '../../log/logger';
import type { ClaimedConnection } from '../../repositories/refresh-claims';
import type { AttemptOutcome } from '../../repositories/refresh-completions';
import type { LateSet } from '../../repositories/token-sets';
import { askProvider } from './ask-provider';
import { movingEndOf } from './consent-ends';
import { endingWith, type AttemptClock, type Ending, type RefreshParts } from './attempt';
import { latest, SECOND } from './moments';
import { openSecrets, type OpenedSecrets, type Unopened } from './opened-secrets';
import { appReport, hostReport } from './reports';
import { sealAdopted } from './sealed-set';
import type { NextState, Outcome, RefreshFacts } from './state';
import { transition } from './transition';

/** One attempt, from a committed claim to a committed end. Throws only when the end could not be written. */
export async function refreshConnection(
  parts: RefreshParts,
  claim: ClaimedConnection,
  clock: AttemptClock,
): Promise<void> {
  const secrets = await openOrReload(parts, claim);
  const ending = 'class' in secrets ? endingWith(secrets) : await askProvider(parts, claim, clock, secrets);
  const isOver = ending.outcome.class === 'permanent' || ending.outcome.class === 'expired';
  const settled = isOver ? await afterRefusal(parts, claim, ending) : ending;
  await complete(parts, claim, clock, settled);
}

async function openOrReload(parts: RefreshParts, claim: ClaimedConnection): Promise<OpenedSecrets | Unopened> {
  const secrets = openSecrets(parts.vault, claim);
  if (!('class' in secrets) || secrets.code !== 'key_unavailable') return secrets;
  await parts.reloadKeys().catch(() => undefined);
  return openSecrets(parts.vault, claim);
}

/** A refused refresh token may have been rotated in an answer that came late, or is still to come: that one replaces it before anybody is told. */
async function afterRefusal(parts: RefreshParts, claim: ClaimedConnection, refused: Ending): Promise<Ending> {
  const late = await parts.findLateSet(claim.id, claim.generation);
  if (late !== null) return adoptLate(parts, claim, refused, late);
  if (claim.uncertainSince === null) return refused;
  const until = await parts.findAwaitedAnswer(claim.id, claim.generation);
  return until === null ? refused : { ...refused, outcome: { class: 'awaited', code: refused.errorCode ?? '', until } };
}

function adoptLate(parts: RefreshParts, claim: ClaimedConnection, refused: Ending, late: LateSet): Ending {
  const facts = { connectionId: claim.id, generation: claim.generation };
  try {
    const set = sealAdopted(parts.vault, claim, late);
    const { expiresAt, lifetimeSeconds } = set;
    parts.log.info('a late answer replaces a refused token', facts);
    const outcome = { class: 'granted', expiresAt, lifetimeSeconds, movingEndAt: movingEndOf(set) } as const;
    return { ...refused, outcome, set, adoptedSetId: late.id };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    parts.log.error('a late answer does not open', { ...facts, code: error.code });
    return refused;
  }
}

async function complete(
  parts: RefreshParts,
  claim: ClaimedConnection,
  clock: AttemptClock,
  ending: Ending,
): Promise<void> {
  const next = spaced(claim, ending, transition(claim, ending.outcome, factsOf(claim, clock.now(), parts.random())));
  report(parts.log, claim, ending, next);
  const { id: connectionId, organizationId, generation, attemptId, startedAt } = claim;
  const { errorCode, httpStatus, durationMs, set, adoptedSetId } = ending;
  await parts.completions.submit({
    completion: {
      ...{ connectionId, organizationId, generation, attemptId, startedAt },
      ...{
        outcome: recordedAs(ending),
        errorCode,
        httpStatus,
        durationMs,
        set,
        adoptedSetId,
        next,
        mayStillAnswer: false,
      },
    },
    app: appReport(claim, ending, next),
    host: hostReport(claim, ending),
  });
}

/** As between two wishes of readers: a provider whose tokens live for a second does not make the worker spin. */
const LEAST_INTERVAL_SECONDS = 5;

/** No sooner than the provider allows for one connection; readers wait as long, by the same rule (repositories/wanted). */
function spaced({ startedAt, provider }: ClaimedConnection, { durationMs, set }: Ending, next: NextState): NextState {
  const seconds = Math.max(provider.refreshIntervalSeconds ?? 0, set === null ? 0 : LEAST_INTERVAL_SECONDS);
  const wasSent = durationMs !== null;
  if (seconds === 0 || next.nextRefreshAt === null || !wasSent) return next;
  const soonest = new Date(startedAt.getTime() + seconds * SECOND);
  return { ...next, nextRefreshAt: latest(soonest, next.nextRefreshAt) };
}

function factsOf(claim: ClaimedConnection, now: Date, random: number): RefreshFacts {
  const { startedAt, previousAttemptAt, readerWaits, kind, consentEndsAt, provider } = claim;
  const { rotation, graceSeconds, refreshAheadSeconds } = provider;
  const hostIsOut = provider.hostState === 'out';
  const attempt = { attemptStartedAt: startedAt, previousAttemptAt, readerWaits, hostIsOut, kind, consentEndsAt };
  return { now, random, ...attempt, rotation, graceSeconds, refreshAheadSeconds };
}

const UNSENT: ReadonlySet<Outcome['class']> = new Set(['unusable', 'early', 'expired', 'unsent'] as const);

function recordedAs({ outcome, adoptedSetId }: Ending): AttemptOutcome {
  if (adoptedSetId !== null) return 'permanent';
  if (outcome.class === 'granted') return 'refreshed';
  if (outcome.class === 'unknown') return 'unknown_code';
  if (outcome.class === 'throttled') return 'transient';
  if (outcome.class === 'awaited') return 'permanent';
  return UNSENT.has(outcome.class) ? 'unsent' : (outcome.class as AttemptOutcome);
}

function report(log: Logger, claim: ClaimedConnection, ending: Ending, { status }: NextState): void {
  const { id: connectionId, organizationId, service, generation } = claim;
  const { outcome, httpStatus, durationMs, errorCode: code } = ending;
  const facts = {
    connectionId,
    organizationId,
    service,
    generation,
    outcome: outcome.class,
    code,
    httpStatus,
    durationMs,
    status,
  };
  if (outcome.class === 'granted' || outcome.class === 'alive') log.debug('refreshed', facts);
  else if (outcome.class === 'unusable') log.error('what is stored for a connection does not fit together', facts);
  else log.warn('a refresh did not succeed', facts);
}
