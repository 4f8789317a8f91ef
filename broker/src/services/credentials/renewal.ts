import type { Database, Tx } from '../../db/database';
import { Problem } from '../../errors/problem';
import { findObstacle, type Obstacle } from '../../repositories/obstacles';
import { insertEvent } from '../../repositories/outbox';
import { markRejected, type Rejection } from '../../repositories/rejections';
import type { ServingConnection, ServingFacts } from '../../repositories/serving';
import type { ConnectionName } from '../../types/credential';
import type { DatabaseClock } from '../database-clock';
import type { RefreshWaiter } from '../refresh-wait';
import { connectionOrThrow, reauthRequired } from './checks';
import type { FactsCache } from './facts-cache';
import { freshnessOf } from './freshness';

/** Serving never refreshes: it asks the workers to, and waits. */
export interface Renewal {
  /** Facts whose token is fresh enough, after waiting for a refresh where that helps; `deadlineMs` on performance.now(). */
  findFresh(asked: ConnectionName, minTtlSeconds: number | null, deadlineMs: number): Promise<ServingFacts>;
  /** The API rejected this very token: a newer one where it may be asked for, else the same. */
  replaceRejected(asked: ConnectionName, found: ServingFacts, deadlineMs: number): Promise<ServingFacts>;
}

export interface RenewalParts {
  database: Database;
  facts: FactsCache;
  waiter: RefreshWaiter;
  clock: DatabaseClock;
}

export function createRenewal({ database, facts, waiter, clock }: RenewalParts): Renewal {
  const find = async (asked: ConnectionName): Promise<ServingFacts> => {
    const found = await facts.find(asked);
    if (found === null) throw new Problem('key_invalid', 'The organization of this key is gone.');
    return found;
  };

  /** What makes waiting until the deadline useless: refreshing stands still, the provider is out, or its pause ends later. */
  const obstacleTo = async (
    { organizationId }: ConnectionName,
    { id }: ServingConnection,
    deadlineMs: number,
  ): Promise<Obstacle | null> => {
    const obstacle = await database.asTenant(organizationId, (tx) => findObstacle(tx, organizationId, id));
    if (obstacle?.refreshingPaused) return obstacle;
    const endsInTime =
      obstacle?.host === null && performance.now() + obstacle.seconds * 1_000 + REFRESH_TAKES_MS < deadlineMs;
    return endsInTime ? null : obstacle;
  };

  const waitForChange = async (
    asked: ConnectionName,
    connection: ServingConnection,
    deadlineMs: number,
  ): Promise<void> => {
    const { organizationId } = asked;
    await waiter.wait({ organizationId, connectionId: connection.id, version: connection.version }, deadlineMs);
    facts.forget(asked);
  };

  return {
    async findFresh(asked, minTtlSeconds, deadlineMs) {
      for (;;) {
        const found = await find(asked);
        const { connection } = connectionOrThrow(asked, found);
        const freshness = freshnessOf(connection, minTtlSeconds, clock.now());
        if (freshness === 'fresh') return found;
        if (freshness === 'impossible') throw impossible(asked, connection, minTtlSeconds);
        const mayWait = isRenewable(connection) && performance.now() < deadlineMs;
        const obstacle = mayWait ? await obstacleTo(asked, connection, deadlineMs) : null;
        if (mayWait && obstacle === null) {
          await waitForChange(asked, connection, deadlineMs);
          continue;
        }
        throw tooShort(asked, connection, obstacle);
      }
    },

    async replaceRejected(asked, found, deadlineMs) {
      const { connection } = connectionOrThrow(asked, found);
      const helps = isRenewable(connection) && (await obstacleTo(asked, connection, deadlineMs)) === null;
      if (!helps && connection.renewable) return found;
      const verdict = await database.asTenant(asked.organizationId, (tx) => reportRejected(tx, asked, connection));
      if (!helps) return found;
      // Not more often than once in five minutes: hundreds of executions may report the same token, and wait for the one refresh.
      if (verdict === 'first' || verdict === 'under_way') await waitForChange(asked, connection, deadlineMs);
      else facts.forget(asked);
      return find(asked);
    },
  };
}

/**
 * Tells people, once in each window, of a token that no refresh will put right: nothing renews it, or the API has rejected the one that
 * the last refresh brought too.
 */
async function reportRejected(
  tx: Tx,
  { organizationId, clientId, service }: ConnectionName,
  { id, generation, renewable }: ServingConnection,
): Promise<Rejection['verdict'] | null> {
  const rejection = await markRejected(tx, organizationId, id, generation);
  if (rejection === null) return null;
  const { verdict, windows } = rejection;
  if (verdict === 'first' && (!renewable || windows > 1)) {
    const data = { reason: 'token_rejected', generation, renewable, windows };
    await insertEvent(tx, { organizationId, type: 'connection.rejected', clientId, service, connectionId: id, data });
  }
  return verdict;
}

/** Less is left of a reader's patience after a pause: not worth it. */
const REFRESH_TAKES_MS = 1_000;
const LONGEST_RETRY_AFTER_S = 60;

function isRenewable({ renewable, status }: ServingConnection): boolean {
  return renewable && status !== 'reauth_required';
}

function impossible(
  asked: ConnectionName,
  { lifetimeSeconds }: ServingConnection,
  minTtlSeconds: number | null,
): Problem {
  return new Problem(
    'invalid_value',
    `minTtl is ${minTtlSeconds ?? 0} s, yet tokens of "${asked.service}" live ${lifetimeSeconds ?? 0} s. Ask for less.`,
  );
}

function tooShort(asked: ConnectionName, connection: ServingConnection, obstacle: Obstacle | null): Problem {
  if (connection.status === 'reauth_required') return reauthRequired(asked, connection.statusReason ?? 'revoked');
  if (!connection.renewable) return reauthRequired(asked, 'expired');
  if (obstacle !== null) return blocked(obstacle);
  const why = connection.appSuspended
    ? 'the OAuth client of this service is suspended because the provider refuses it; the operator has to correct its secret'
    : 'the provider has not answered yet';
  return new Problem('refresh_pending', `The token is being refreshed: ${why}. Try again shortly.`, {
    extras: { retryAfterSeconds: 5 },
  });
}

function blocked({ refreshingPaused, host, code, since, seconds }: Obstacle): Problem {
  if (refreshingPaused) return standingStill();
  const why =
    host === null
      ? `the provider asked for fewer requests (${code}), so all refreshes of this app wait`
      : `${host} has been out since ${since?.toISOString() ?? 'a moment ago'} (${code}). Otobot tries it every few seconds and goes on as soon as it answers`;
  const retryAfterSeconds = Math.min(LONGEST_RETRY_AFTER_S, Math.max(5, Math.ceil(seconds)));
  return new Problem('refresh_pending', `The token cannot be refreshed just now: ${why}. Try again later.`, {
    extras: { retryAfterSeconds },
  });
}

// An operator has to act, so there is no use in asking every few seconds.
const standingStill = (): Problem =>
  new Problem(
    'refresh_pending',
    'There is no token that lives long enough, and refreshing is paused for the whole installation. The operator lets it go on with: otobot refresh --resume',
    { extras: { retryAfterSeconds: LONGEST_RETRY_AFTER_S } },
  );
