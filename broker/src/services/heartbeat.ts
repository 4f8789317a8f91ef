import { hostname } from 'node:os';
import type { Database } from '../db/database';
import type { Logger } from '../log/logger';
import { beat, countServing, forgetProcess, type Process, type SpoolState } from '../repositories/processes';
import type { Vault } from '../vault/vault';
import type { Surface } from '../types/surface';
import { createPulse } from './refresh/pulse';

export interface Heartbeat {
  /** Says at once what has changed. */
  beat(): void;
  /** How many processes serve, this one included, as it was told with the last beat that came through; 1 for a worker. */
  serving(): number;
  stop(): Promise<void>;
}

export interface HeartbeatParts {
  database: Database;
  vault: Vault;
  log: Logger;
  id: string;
  role: Process['role'];
  surface?: Surface;
  version: string;
  /** A worker that had to take a new lock has a new number. */
  workerNumber?: () => number | null;
  spool?: () => SpoolState;
}

const EVERY_MS = 5_000;

/** Keeps this process's row in `processes` alive, with the keys it holds; the row goes with it. */
export async function startHeartbeat({
  database,
  vault,
  log,
  id,
  role,
  surface,
  version,
  workerNumber,
  spool,
}: HeartbeatParts): Promise<Heartbeat> {
  let serving = 1;
  const once = async (): Promise<void> => {
    await beat(database, {
      id,
      role,
      surface: surface ?? null,
      workerNumber: workerNumber?.() ?? null,
      host: hostname(),
      pid: process.pid,
      version,
      keyVersions: vault.keyring.versions(),
      spool: spool?.() ?? null,
    });
    if (role === 'serve') serving = Math.max(1, await countServing(database));
  };
  await once();
  let beating: Promise<unknown> = Promise.resolve();
  let stopped = false;
  const patiently = (): Promise<void> =>
    once().catch((error: unknown) => log.warn('heartbeat failed', { error: (error as Error).message }));
  const tell = createPulse(() => (beating = stopped ? beating : patiently()));
  const timer = setInterval(tell, EVERY_MS);
  return {
    beat: tell,
    serving: () => serving,
    stop: async () => {
      clearInterval(timer);
      stopped = true;
      await beating; // it would put back the row that goes now
      // Who leaves answers behind is remembered with them; else the row goes, or the others forget it soon.
      const last = (spool?.().depth ?? 0) > 0 ? once() : forgetProcess(database, id);
      await last.catch(() => undefined);
    },
  };
}
