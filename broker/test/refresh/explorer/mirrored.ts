import type { Database } from '../../../src/db/database';
import { connectSession } from '../../../src/db/database';
import { claimDue, type ClaimedConnection } from '../../../src/repositories/refresh-claims';
import { writeCompletions, type AttemptOutcome, type Completion } from '../../../src/repositories/refresh-completions';
import { findAwaitedAnswer, takeBackAttempts } from '../../../src/repositories/refresh-sweeps';
import { findLateSet } from '../../../src/repositories/token-sets';
import { listVersions, markWanted } from '../../../src/repositories/wanted';
import { becomeWorker, type Session } from '../../../src/repositories/workers';
import { sweepAbandoned } from '../../../src/services/refresh/sweep';
import { NO_ENDS } from '../../../src/types/consent-ends';
import { until } from '../../support/until';
import type { Scene } from '../scene';
import { date, dateOrNull, type Ended, type Rules, type TokenSet, type World } from './model';
import { adoptable } from './spooling';
import { awaitedAnswer, LEASE } from './statements';

/** A world of the model in PostgreSQL, moved on by the real statements. */
export interface Mirrored {
  /** Does what that step of the model does, from `before` to `after`. */
  play(name: string, before: World, after: World): Promise<void>;
  claims: readonly ClaimedConnection[];
  close(): Promise<void>;
}

export interface MirroredParts {
  scene: Scene;
  database: Database;
  serving: Database;
  connectionId: string;
  rules: Rules;
}

/** Two workers with their locks, and one connection. The model's clock must be set before each step. */
export async function mirror({ scene, database, serving, connectionId, rules }: MirroredParts): Promise<Mirrored> {
  const sessions = new Map<number, { session: Session; real: number }>();
  const claims: ClaimedConnection[] = [];
  const begin = async (number: number): Promise<void> => {
    const session = await connectSession(scene.db.url, 'otobot_refresh');
    sessions.set(number, { session, real: await becomeWorker(session) });
  };
  const end = async (number: number): Promise<void> => {
    const { session, real } = sessions.get(number) ?? {};
    sessions.delete(number);
    await session?.end();
    const text = `select from pg_locks where locktype = 'advisory' and objid = $1 and granted`;
    await until('the lock is free', async () => (await scene.db.query(text, [real])).rows.length === 0);
  };
  const realNumber = (number: number | null | undefined): number => sessions.get(number ?? 0)?.real ?? 0;
  await begin(1);
  await begin(2);

  const statements: Partial<Record<string, (before: World, after: World, n: number) => Promise<unknown>>> = {
    claim: async (before, _after, n) => {
      const request = {
        workerNumber: realNumber(before.workers[n]?.number),
        leaseSeconds: LEASE,
        limit: 10,
        perApp: 32,
      };
      const rest = { inFlight: {}, spent: {}, firstApp: '00000000-0000-0000-0000-000000000000' };
      claims.push(...(await claimDue(database, { ...request, ...rest })));
    },
    decide: async (before, after, n) => {
      const [from, to] = [before.workers[n]?.phase, after.workers[n]?.phase];
      if (from?.at !== 'answered' || to?.at !== 'decided' || from.outcome.class !== 'permanent') return;
      const late = await findLateSet(database, connectionId, to.ended.claim.row.generation);
      expect(late?.refreshSealed?.toString() ?? null).toBe(to.ended.adopted && `${to.ended.adopted.refreshToken}`);
      const { generation } = to.ended.claim.row;
      const until = await findAwaitedAnswer(database, {
        connectionId,
        generation,
        spooled: adoptable(before).length > 0,
      });
      expect(until?.getTime() ?? null).toBe(dateOrNull(awaitedAnswer(before, generation))?.getTime() ?? null);
    },
    write: async (before, _after, n) => {
      const phase = before.workers[n]?.phase;
      if (phase?.at === 'decided') await write(database, connectionId, phase.ended, claims);
    },
    'write unheard': async (before, _after, n) => {
      const phase = before.workers[n]?.phase;
      if (phase?.at === 'decided') await write(database, connectionId, phase.ended, claims);
    },
    adopt: async (before, after) => {
      const gone = adoptable(before).find((each) => !adoptable(after).includes(each));
      if (gone !== undefined) await write(database, connectionId, gone, claims);
    },
    'adopt in vain': async (before) => {
      // Whichever of them it is: there is one, unless two workers wait for the database at once.
      const [left] = adoptable(before);
      if (left !== undefined) await write(database, connectionId, left, claims);
    },
    sweep: () => sweepAbandoned(database, () => rules.random, scene.log),
    return: async (before, after, n) => {
      await begin(after.workers[n]?.number ?? 0);
      const phase = before.workers[n]?.phase;
      if (phase === undefined || phase.at === 'idle') return;
      const { attemptId } = claims[('ended' in phase ? phase.ended.claim : phase.claim).attempt] as ClaimedConnection;
      await takeBackAttempts(database, realNumber(after.workers[n]?.number), [{ connectionId, attemptId }], LEASE);
    },
    crash: async (before, after, n) => {
      await end(before.workers[n]?.number ?? 0);
      await begin(after.workers[n]?.number ?? 0);
    },
    cut: (before, _after, n) => end(before.workers[n]?.number ?? 0),
    reader: () =>
      serving.asTenant(scene.organizationId, (tx) =>
        listVersions(tx, [connectionId]).then((awaited) => markWanted(tx, scene.organizationId, awaited)),
      ),
  };
  return {
    claims,
    play: async (name, before, after) => {
      const [worker = '', step = worker] = name.split(':');
      await statements[step]?.(before, after, Number(worker));
    },
    close: async () => {
      for (const { session } of sessions.values()) await session.end();
    },
  };
}

async function write(
  database: Database,
  connectionId: string,
  { claim, recordedAs, next, set, adopted }: Ended,
  claims: readonly ClaimedConnection[],
): Promise<void> {
  const { organizationId, attemptId, startedAt, generation } = claims[claim.attempt] as ClaimedConnection;
  const late = adopted && (await findLateSet(database, connectionId, generation));
  const completion: Completion = {
    ...{ connectionId, organizationId, generation, attemptId, startedAt, next, mayStillAnswer: false },
    ...{ outcome: recordedAs as AttemptOutcome, errorCode: null, httpStatus: null, durationMs: null },
    ...{ set: set && sealed(set), adoptedSetId: late?.id ?? null },
  };
  await writeCompletions(database, [completion]);
}

const sealed = ({ refreshToken, expiresAt }: TokenSet) => ({
  ...{
    accessSealed: Buffer.from('access'),
    accessKeyVersion: 1,
    refreshKeyVersion: 1,
    tokenType: 'Bearer',
    scopes: null,
  },
  ...{ refreshSealed: Buffer.from(`${refreshToken}`), expiresAt: date(expiresAt), lifetimeSeconds: 3_600 },
  ...{ baseUrl: null, ...NO_ENDS },
});
