import type { Database } from '../../db/database';
import { Problem } from '../../errors/problem';
import { markRejected } from '../../repositories/rejections';
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
        // A refresh that is already failing will not be quicker for one more reader: what is still valid is served at once.
        const worthWaiting = isRenewable(connection) && (freshness === 'short' || connection.status === 'active');
        if (worthWaiting && performance.now() < deadlineMs) {
          await waitForChange(asked, connection, deadlineMs);
          continue;
        }
        if (freshness === 'aging') return found;
        throw tooShort(asked, connection);
      }
    },

    async replaceRejected(asked, found, deadlineMs) {
      const { connection } = connectionOrThrow(asked, found);
      if (!isRenewable(connection)) return found;
      const allowed = await database.asTenant(asked.organizationId, (tx) =>
        markRejected(tx, asked.organizationId, connection.id, connection.generation),
      );
      // Not more often than once in five minutes: hundreds of executions may report the same token.
      if (allowed) await waitForChange(asked, connection, deadlineMs);
      else facts.forget(asked);
      return find(asked);
    },
  };
}

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

function tooShort(asked: ConnectionName, connection: ServingConnection): Problem {
  if (connection.status === 'reauth_required') return reauthRequired(asked, connection.statusReason ?? 'revoked');
  if (!connection.renewable) return reauthRequired(asked, 'expired');
  const why = connection.appSuspended
    ? 'the OAuth client of this service is suspended because the provider refuses it; the operator has to correct its secret'
    : 'the provider has not answered yet';
  return new Problem('refresh_pending', `The token is being refreshed: ${why}. Try again shortly.`, {
    extras: { retryAfterSeconds: 5 },
  });
}
