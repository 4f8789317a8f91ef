import { randomUUID } from 'node:crypto';
import { VERSION } from '../app/version';
import { connectDatabase } from '../db/database';
import type { Logger } from '../log/logger';
import type { Outbound } from '../outbound/outbound';
import { checkToken } from '../providers/token-check';
import { requestToken } from '../providers/token-endpoint';
import { forgetGoneProcesses } from '../repositories/processes';
import { dropOldHistory, makePartitions } from '../repositories/refresh-history';
import { findAwaitedAnswer } from '../repositories/refresh-sweeps';
import { signalRefreshed } from '../repositories/signals';
import { deleteOldFlows } from '../repositories/flows';
import { deleteOldSets, findLateSet } from '../repositories/token-sets';
import { createKeyReload, openVault } from '../services/encryption-keys';
import { tellExpiring } from '../services/expiring/tell-expiring';
import { startHeartbeat } from '../services/heartbeat';
import type { RefreshParts } from '../services/refresh/attempt';
import { createCompletions } from '../services/refresh/completions';
import { createHostHealth } from '../services/refresh/host-health';
import { followIncidents } from '../services/refresh/incidents';
import { patiently, type Patience } from '../services/refresh/patiently';
import { createPulse } from '../services/refresh/pulse';
import { refreshConnection } from '../services/refresh/refresh-connection';
import { recogniseDatabase, tellOfPause } from '../services/refresh/restored';
import { sweepAbandoned } from '../services/refresh/sweep';
import { soonest } from '../services/refresh/soonest';
import { revokeDue } from '../services/revocations/revoke-due';
import type { Roots } from '../vault/roots';
import { startChores } from './chores';
import { startClaimLoop } from './claim-loop';
import { takeIdentity } from './identity';
import { openSpooling } from './spooling';

export interface Refresher {
  /** The worker's number now; null while its session is down. */
  workerNumber: () => number | null;
  /** Claims no more, ends what is in flight (at most 25 s), leaves. */
  stop: () => Promise<void>;
}

export interface RefresherOptions {
  databaseUrl: string;
  /** Where the spool is kept: workers that share it take over from each other. */
  dataDir: string;
  roots: Roots;
  outbound: Outbound;
  log: Logger;
  limits?: Partial<RefresherLimits>;
  /** How many days attempts are kept, at least 2; 0: for ever. */
  historyDays?: number;
}

export interface RefresherLimits {
  /** Attempts at once in this process, of one app and in all. */
  perApp: number;
  inFlight: number;
  /** How long a claim holds; what must be left of it when the request leaves; when the request is cut off. */
  leaseMs: number;
  minLeaseMs: number;
  requestTimeoutMs: number;
  /** How often to look without a signal. */
  idleMs: number;
  drainMs: number;
}

/** Partitions are there before their day comes. */
const DAYS_AHEAD = 2;
const HISTORY_DAYS = 90;

const LIMITS: RefresherLimits = {
  perApp: 32,
  inFlight: 1_000,
  leaseMs: 60_000,
  minLeaseMs: 25_000,
  requestTimeoutMs: 20_000,
  idleMs: 500,
  drainMs: 25_000,
};

const SECOND = 1_000;
const POOL_SIZE = 6;
/** In that time a worker that lives has a session again. */
const RETURN_MS = 3 * SECOND;
const LAST_TRY_MS = SECOND;

/** A worker: refreshes what is due for as long as it runs, whether or not the database is there. Throws only if it is not at the start. */
export async function startRefresher({
  databaseUrl,
  dataDir,
  roots,
  outbound,
  log,
  limits: given,
  historyDays = HISTORY_DAYS,
}: RefresherOptions): Promise<Refresher> {
  const limits = { ...LIMITS, ...given };
  const database = connectDatabase({ url: databaseUrl, role: 'otobot_refresh', max: POOL_SIZE, log });
  const id = randomUUID();
  let tell: () => void = () => undefined;
  const onWritten = createPulse(() => signalRefreshed(database));
  const onChange = (): void => {
    tell();
  };
  const spooling = openSpooling({ database, dataDir, owner: id, onWritten, onChange, log });
  const vault = await openVault(database, roots);
  // Before the first attempt of a day: what stands in the default partition keeps that day from ever having its own.
  await makePartitions(database, DAYS_AHEAD);
  const keys = createKeyReload(database, vault);
  const patience: Patience = { endsAt: Infinity };
  const { spool } = spooling;
  const completions = createCompletions({
    ...{ database, onWritten, patience, spool, log },
    hostHealth: createHostHealth({ random: Math.random, log }),
  });
  const parts: RefreshParts = {
    ...{ vault, requestToken, checkToken, agents: outbound.agents, limits, random: Math.random, log },
    reloadKeys: () => keys.reload(),
    completions,
    findLateSet: (connectionId, generation) =>
      patiently(patience, () => findLateSet(database, connectionId, generation)),
    findAwaitedAnswer: async (connectionId, generation) => {
      const spooled = await spooling.adoption.isOwed();
      return patiently(patience, () => findAwaitedAnswer(database, { connectionId, generation, spooled }));
    },
  };
  let wake: () => void = () => undefined;
  let takeBack: (number: number) => Promise<void> = () => Promise.resolve();
  const identity = await takeIdentity({
    databaseUrl,
    onRenewed: (number) => takeBack(number),
    onWake: () => {
      wake();
    },
    log,
  });
  const workerNumber = (): number | null => identity.number();
  const heartbeat = await startHeartbeat({
    database,
    vault,
    log,
    id,
    role: 'refresh',
    version: VERSION,
    workerNumber,
    spool: () => spooling.state(),
  });
  tell = () => {
    heartbeat.beat();
  };
  await recogniseDatabase(database, log);
  // Before anything is claimed: what a dead worker left may be the token that is about to be refreshed.
  await spooling.adoption.run();
  const loop = startClaimLoop({
    database,
    workerNumber,
    limits,
    log,
    refresh: (claim, clock) => refreshConnection(parts, claim, clock),
  });
  wake = () => {
    loop.wake();
  };
  takeBack = (number) => loop.takeBack(number);
  // First what lies on this disk: it is the end of attempts that would else be given up, and asked for once more.
  const sweep = async (): Promise<void> => {
    await spooling.adoption.run().catch((error: unknown) => {
      log.warn('cannot write what lies in the spool', { error: (error as Error).message });
    });
    // After a crash of the server everybody's session is new, and who has none yet is not dead for that.
    await sweepAbandoned(database, Math.random, log, identity.heldForMs() >= RETURN_MS);
  };
  const { requestTimeoutMs: timeoutMs } = limits;
  const revocationParts = { database, vault, agents: outbound.agents, timeoutMs, log };
  const chores = startChores(
    [
      { name: 'sweep', everyMs: SECOND, work: sweep },
      { name: 'revoke', everyMs: SECOND, work: () => revokeDue(revocationParts) },
      { name: 'follow incidents', everyMs: SECOND, work: () => followIncidents(database, log) },
      { name: 'forget processes', everyMs: 10 * SECOND, work: () => forgetGoneProcesses(database) },
      { name: 'delete old token sets', everyMs: 600 * SECOND, work: () => deleteOldSets(database) },
      { name: 'delete old flows', everyMs: 3_600 * SECOND, work: () => deleteOldFlows(database) },
      { name: 'make partitions', everyMs: 3_600 * SECOND, work: () => makePartitions(database, DAYS_AHEAD) },
      ...(historyDays > 0
        ? [{ name: 'drop old history', everyMs: 600 * SECOND, work: () => dropOldHistory(database, historyDays) }]
        : []),
      { name: 'tell of a pause', everyMs: 60 * SECOND, work: () => tellOfPause(database, log) },
      { name: 'tell of coming ends', everyMs: 10 * SECOND, work: () => tellExpiring(database, vault) },
      { name: 'reload keys', everyMs: 60 * SECOND, work: () => keys.reload() },
    ],
    log,
  );

  const stop = async (): Promise<void> => {
    patience.endsAt = performance.now() + limits.drainMs;
    await loop.stop(limits.drainMs);
    await soonest(completions.idle(), LAST_TRY_MS); // with the pool closed, what is tried again would fail for that
    await chores.stop();
    await spooling.close();
    await heartbeat.stop();
    await identity.close();
    await database.close();
  };
  let stopped: Promise<void> | null = null;
  return { workerNumber, stop: () => (stopped ??= stop()) };
}
