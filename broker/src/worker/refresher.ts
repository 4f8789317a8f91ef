import { randomUUID } from 'node:crypto';
import { VERSION } from '../app/version';
import { connectDatabase, type Database } from '../db/database';
import type { Logger } from '../log/logger';
import type { Outbound } from '../outbound/outbound';
import { makePartitions } from '../repositories/refresh-history';
import { signalRefreshed } from '../repositories/signals';
import { createKeyReload, openVault } from '../services/encryption-keys';
import { startHeartbeat, type Heartbeat } from '../services/heartbeat';
import { createPulse } from '../services/refresh/pulse';
import { recogniseDatabase } from '../services/refresh/restored';
import { soonest } from '../services/refresh/soonest';
import type { Roots } from '../vault/roots';
import { createAttempts, type Attempts } from './attempts';
import { startChores, type Chores } from './chores';
import { startClaimLoop, type ClaimLoop } from './claim-loop';
import { takeIdentity, type Identity } from './identity';
import { openN8nSync, type N8nSync } from './n8n-sync';
import { openReleaseAudit, type ReleaseAudit } from './release-audit';
import { openSpooling, type Spooling } from './spooling';
import { DAYS_AHEAD, upkeep } from './upkeep';

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
  /** How many days the audit is kept, at least 30; 0: for ever. */
  auditDays?: number;
  /** Where clients reach the broker, for the links that events carry; null: they carry none. */
  publicUrl?: string | null;
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

const HISTORY_DAYS = 90;
const AUDIT_DAYS = 365;

const LIMITS: RefresherLimits = {
  perApp: 32,
  inFlight: 1_000,
  leaseMs: 60_000,
  minLeaseMs: 25_000,
  requestTimeoutMs: 20_000,
  idleMs: 500,
  drainMs: 25_000,
};

const POOL_SIZE = 6;
const LAST_TRY_MS = 1_000;

/** A worker: refreshes what is due for as long as it runs, whether or not the database is there. Throws only if it is not at the start. */
export async function startRefresher(options: RefresherOptions): Promise<Refresher> {
  const { databaseUrl: url, log } = options;
  const database = connectDatabase({ url, role: 'otobot_refresh', max: POOL_SIZE, log });
  const begun: Begun = [];
  try {
    return await begin(options, database, begun);
  } catch (error) {
    // What stayed would keep a process alive that looks like a worker and is none. The database may be what failed, and hang.
    database.cut();
    for (const end of begun.reverse()) await end();
    await database.close();
    throw error;
  }
}

/** How to end what has begun. */
type Begun = (() => Promise<void>)[];

async function begin(options: RefresherOptions, database: Database, begun: Begun): Promise<Refresher> {
  const { databaseUrl, dataDir, roots, outbound, log, historyDays = HISTORY_DAYS, auditDays = AUDIT_DAYS } = options;
  const { publicUrl = null } = options;
  const limits = { ...LIMITS, ...options.limits };
  const id = randomUUID();
  const onWritten = createPulse(() => signalRefreshed(database));
  // These two begin later than those who call them.
  let heartbeat: Heartbeat | null = null;
  let loop: ClaimLoop | null = null;

  const spooling = openSpooling({ database, dataDir, owner: id, onWritten, onChange: () => heartbeat?.beat(), log });
  const audit = openReleaseAudit({ databaseUrl, processId: id, log });
  begun.push(() => audit.close());
  const vault = await openVault(database, roots);
  // Before the first attempt of a day: what stands in the default partition keeps that day from ever having its own.
  await makePartitions(database, DAYS_AHEAD);
  const keys = createKeyReload(database, vault);
  const shared = { database, vault, keys, spooling, outbound, log };
  const attempts = createAttempts({ ...shared, limits, onWritten });
  const identity = await takeIdentity({
    databaseUrl,
    onRenewed: async (number) => loop?.takeBack(number),
    onWake: () => loop?.wake(),
    log,
  });
  begun.push(() => identity.close());
  const workerNumber = (): number | null => identity.number();
  heartbeat = await startHeartbeat({
    ...{ database, vault, log, id, role: 'refresh', version: VERSION, workerNumber },
    spool: () => spooling.state(),
  });
  begun.push(() => heartbeat.stop());
  await recogniseDatabase(database, log);
  // Before anything is claimed: what a dead worker left may be the token that is about to be refreshed.
  await spooling.adoption.run();
  loop = startClaimLoop({ database, workerNumber, limits, log, refresh: (...claimed) => attempts.refresh(...claimed) });
  const { requestTimeoutMs } = limits;
  const n8nSync = openN8nSync({ database, vault, agents: outbound.agents, audit, log });
  const chores = startChores(
    upkeep({ ...shared, identity, n8nSync, audit, requestTimeoutMs, historyDays, auditDays, publicUrl }),
    log,
  );

  const leaving = {
    ...{ database, spooling, attempts, identity, heartbeat, loop, chores, n8nSync, audit, log },
    drainMs: limits.drainMs,
  };
  let stopped: Promise<void> | null = null;
  return { workerNumber, stop: () => (stopped ??= leave(leaving)) };
}

interface Running {
  database: Database;
  spooling: Spooling;
  attempts: Attempts;
  identity: Identity;
  heartbeat: Heartbeat;
  loop: ClaimLoop;
  chores: Chores;
  n8nSync: N8nSync;
  audit: ReleaseAudit;
  drainMs: number;
  log: Logger;
}

/** Ends what is in flight, then leaves; a database that hangs is not waited for, because answers are safe in the spool. */
async function leave(running: Running): Promise<void> {
  const { database, spooling, attempts, identity, heartbeat, loop, chores, n8nSync, audit, drainMs, log } = running;
  const cut = setTimeout(() => {
    log.warn('the database does not answer: its connections are cut, so that this worker can end');
    database.cut();
    audit.cut();
  }, drainMs + LAST_TRY_MS);
  attempts.holdOnFor(drainMs);
  const rested = chores.stop().then(() => n8nSync.stop(drainMs / 2));
  await loop.stop(drainMs);
  await soonest(attempts.idle(), LAST_TRY_MS); // with the pool closed, what is tried again would fail for that
  await rested;
  await audit.close();
  await spooling.close();
  await heartbeat.stop();
  await identity.close();
  await database.close();
  clearTimeout(cut);
}
