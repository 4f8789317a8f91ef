import { hostname } from 'node:os';
import type { Database } from '../db/database';
import type { Logger } from '../log/logger';
import { beat, forgetProcess, type Process } from '../repositories/processes';
import type { Vault } from '../vault/vault';

export interface Heartbeat {
  stop(): Promise<void>;
}

export interface HeartbeatParts {
  database: Database;
  vault: Vault;
  log: Logger;
  id: string;
  role: Process['role'];
  version: string;
  /** A worker that had to take a new lock has a new number. */
  workerNumber?: () => number | null;
}

const EVERY_MS = 5_000;

/** Keeps this process's row in `processes` alive, with the keys it holds; the row goes with it. */
export async function startHeartbeat({
  database,
  vault,
  log,
  id,
  role,
  version,
  workerNumber,
}: HeartbeatParts): Promise<Heartbeat> {
  const once = (): Promise<void> =>
    beat(database, {
      id,
      role,
      workerNumber: workerNumber?.() ?? null,
      host: hostname(),
      pid: process.pid,
      version,
      keyVersions: vault.keyring.versions(),
    });
  await once();
  const timer = setInterval(() => {
    once().catch((error: unknown) => log.warn('heartbeat failed', { error: (error as Error).message }));
  }, EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await forgetProcess(database, id).catch(() => undefined); // the others forget it soon
    },
  };
}
