import { Problem } from '../../errors/problem';
import type { Logger } from '../../log/logger';
import type { requestToken, TokenCall, TokenGrant } from '../../providers/token-endpoint';
import type { TokenOutcome } from '../../providers/token-outcome';
import type { ClaimedConnection } from '../../repositories/refresh-claims';
import type { AttemptOutcome, SealedSet } from '../../repositories/refresh-completions';
import type { LateSet } from '../../repositories/token-sets';
import type { Vault } from '../../vault/vault';
import type { Completions } from './completions';
import { openSecrets, type OpenedSecrets, type Unopened } from './opened-secrets';
import { sealAdopted, sealGranted } from './sealed-set';
import type { Outcome } from './state';
import { transition } from './transition';

export interface RefreshParts {
  vault: Vault;
  requestToken: typeof requestToken;
  agents: TokenCall['agents'];
  completions: Completions;
  /** Looks at the data keys again: one may be new. */
  reloadKeys(): Promise<void>;
  findLateSet(connectionId: string, generation: number): Promise<LateSet | null>;
  limits: { requestTimeoutMs: number; minLeaseMs: number };
  /** In [0, 1). */
  random(): number;
  log: Logger;
}

/** The attempt's own clock: database time, moved on by this machine's monotonic clock. */
export interface AttemptClock {
  now(): Date;
  leaseLeftMs(): number;
}

interface Ending {
  outcome: Outcome;
  httpStatus: number | null;
  durationMs: number | null;
  set: SealedSet | null;
  adoptedSetId: string | null;
  /** The client secret that the provider accepted. */
  secretPosition: number | null;
}

/** One attempt, from a committed claim to a committed end. Throws only when the end could not be written. */
export async function refreshConnection(
  parts: RefreshParts,
  claim: ClaimedConnection,
  clock: AttemptClock,
): Promise<void> {
  const secrets = await openOrReload(parts, claim);
  const ending = 'class' in secrets ? nothingSent(secrets) : await call(parts, claim, clock, secrets);
  const settled = ending.outcome.class === 'permanent' ? await adoptLate(parts, claim, ending) : ending;
  await complete(parts, claim, clock, settled);
}

async function openOrReload(parts: RefreshParts, claim: ClaimedConnection): Promise<OpenedSecrets | Unopened> {
  const secrets = openSecrets(parts.vault, claim);
  if (!('class' in secrets) || secrets.code !== 'key_unavailable') return secrets;
  await parts.reloadKeys().catch(() => undefined);
  return openSecrets(parts.vault, claim);
}

const nothingSent = (outcome: Unopened): Ending => ({
  ...{ outcome, httpStatus: null, durationMs: null },
  ...{ set: null, adoptedSetId: null, secretPosition: null },
});

const LEASE_OVER = { class: 'unsent', code: 'lease_over', retryAfterMs: 0 } as const;

/** Asks the provider, with the next client secret each time the provider refuses the one before. */
async function call(
  parts: RefreshParts,
  claim: ClaimedConnection,
  clock: AttemptClock,
  secrets: OpenedSecrets,
): Promise<Ending> {
  let refused: Ending | null = null;
  for (const { position, secret } of secrets.clientSecrets) {
    // Frozen since the claim, or out of time: another worker may be about to take over, so nothing is sent any more.
    if (clock.leaseLeftMs() < parts.limits.minLeaseMs) return refused ?? nothingSent(LEASE_OVER);
    const sentAt = clock.now();
    const answer = await parts.requestToken(tokenCall(parts, claim, secrets, secret));
    const { httpStatus, durationMs } = answer;
    const ending = { httpStatus, durationMs, set: null, adoptedSetId: null, secretPosition: null };
    if (answer.class === 'granted') {
      const set = sealGranted(parts.vault, claim, { granted: answer, usedRefreshToken: secrets.refreshToken, sentAt });
      const { expiresAt, lifetimeSeconds } = set;
      return { ...ending, outcome: { class: 'granted', expiresAt, lifetimeSeconds }, set, secretPosition: position };
    }
    const outcome = outcomeOf(answer);
    if (outcome.class !== 'app')
      return { ...ending, outcome, secretPosition: outcome.class === 'permanent' ? position : null };
    refused = { ...ending, outcome };
  }
  return refused ?? nothingSent({ class: 'unusable', code: 'no_client_secret' });
}

function tokenCall(parts: RefreshParts, claim: ClaimedConnection, secrets: OpenedSecrets, secret: string): TokenCall {
  const { app, provider } = claim;
  const scopes = (app.scopes ?? provider.scopes).split(/[\s,]+/).filter((scope) => scope !== '');
  const grant: TokenGrant =
    secrets.refreshToken === null
      ? { type: 'client_credentials', scopes }
      : { type: 'refresh_token', refreshToken: secrets.refreshToken };
  return {
    endpoint: { tokenUrl: secrets.tokenUrl, authStyle: provider.authStyle, scopeSeparator: provider.scopeSeparator },
    client: { id: app.oauthClientId, secret },
    grant,
    agents: parts.agents,
    timeoutMs: parts.limits.requestTimeoutMs,
  };
}

/** A refusal is an answer, whoever passed it on; everything else that may have been processed is uncertain. */
function outcomeOf(answer: Exclude<TokenOutcome, { class: 'granted' }>): Outcome {
  const { code, retryAfterMs, uncertain } = answer;
  const refusal = answer.class === 'permanent' || answer.class === 'app';
  return { class: uncertain && !refusal ? 'uncertain' : answer.class, code, retryAfterMs };
}

/** A refused refresh token may have been rotated in an answer that came late: that one replaces it before anybody is told. */
async function adoptLate(parts: RefreshParts, claim: ClaimedConnection, ending: Ending): Promise<Ending> {
  const late = await parts.findLateSet(claim.id, claim.generation);
  if (late === null) return ending;
  const facts = { connectionId: claim.id, generation: claim.generation };
  try {
    const set = sealAdopted(parts.vault, claim, late);
    const { expiresAt, lifetimeSeconds } = set;
    parts.log.info('a late answer replaces a refused token', facts);
    return { ...ending, outcome: { class: 'granted', expiresAt, lifetimeSeconds }, set, adoptedSetId: late.id };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    parts.log.error('a late answer does not open', { ...facts, code: error.code });
    return ending;
  }
}

async function complete(
  parts: RefreshParts,
  claim: ClaimedConnection,
  clock: AttemptClock,
  ending: Ending,
): Promise<void> {
  const { outcome, set, adoptedSetId, httpStatus, durationMs, secretPosition } = ending;
  const { attemptId, startedAt, previousAttemptAt, readerWaits, kind, consentEndsAt, app, provider } = claim;
  const next = transition(claim, outcome, {
    ...{
      now: clock.now(),
      random: parts.random(),
      attemptStartedAt: startedAt,
      previousAttemptAt,
      readerWaits,
      kind,
      consentEndsAt,
    },
    ...{
      rotation: provider.rotation,
      graceSeconds: provider.graceSeconds,
      refreshAheadSeconds: provider.refreshAheadSeconds,
    },
  });
  const errorCode = 'code' in outcome ? outcome.code : null;
  report(parts.log, claim, outcome, { next: next.status, httpStatus, durationMs });
  await parts.completions.submit({
    completion: {
      ...{
        connectionId: claim.id,
        organizationId: claim.organizationId,
        generation: claim.generation,
        attemptId,
        startedAt,
      },
      ...{ outcome: adoptedSetId === null ? recordedAs(outcome) : 'permanent', errorCode, httpStatus, durationMs },
      ...{ mayStillAnswer: false, next, set, adoptedSetId },
    },
    app: {
      id: app.id,
      verdict: next.app,
      code: errorCode ?? '',
      wasSuspended: app.suspended,
      acceptedPosition: secretPosition,
      knownPosition: app.secretPosition,
    },
  });
}

const recordedAs = (outcome: Outcome): AttemptOutcome => {
  if (outcome.class === 'granted') return 'refreshed';
  if (outcome.class === 'unknown') return 'unknown_code';
  return outcome.class === 'unusable' ? 'unsent' : outcome.class;
};

function report(
  log: Logger,
  claim: ClaimedConnection,
  outcome: Outcome,
  fields: { next: string; httpStatus: number | null; durationMs: number | null },
): void {
  const { id: connectionId, organizationId, service, generation } = claim;
  const facts = { connectionId, organizationId, service, generation, outcome: outcome.class, ...fields };
  if (outcome.class === 'granted') log.debug('refreshed', facts);
  else if (outcome.class === 'unusable')
    log.error('a connection cannot be refreshed: what is stored for it does not fit together', {
      ...facts,
      code: outcome.code,
    });
  else log.warn('a refresh did not succeed', { ...facts, code: outcome.code });
}
