import type { Queryable } from '../db/database';
import type { Surface } from '../types/surface';
import { LIVE_WORKERS } from './workers';

/** A running process, as the others see it. */
export interface Process {
  id: string;
  role: 'serve' | 'refresh';
  /** null for a worker. */
  surface: Surface | null;
  /** The number of the advisory lock that a worker holds; null for a process that only serves. */
  workerNumber: number | null;
  host: string;
  pid: number;
  version: string;
  keyVersions: readonly number[];
  /** Answers of providers that wait on its disk; null for a process that only serves. */
  spool: SpoolState | null;
}

export interface SpoolState {
  folderId: string;
  depth: number;
  /** The data keys that the waiting answers are sealed under. */
  keyVersions: readonly number[];
}

/** A process that has not been seen for that long counts as gone. It beats every 5 s. */
const GONE_AFTER = `interval '20 seconds'`;

/** Registers the process, or says that it is still there, which keys it holds now and what waits in its spool. */
export async function beat(
  db: Queryable,
  { id, role, surface, workerNumber, host, pid, version, keyVersions, spool }: Process,
): Promise<void> {
  const { folderId = null, depth = 0, keyVersions: spoolKeyVersions = [] } = spool ?? {};
  await db.query({
    text: `insert into processes (id, role, worker_number, host, pid, version, key_versions, spool_folder, spool_depth, spool_key_versions,
                                  surface, spool_since)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, case when $9 > 0 then otobot_now() end)
           on conflict (id) do update
              set seen_at = otobot_now(), worker_number = excluded.worker_number, key_versions = excluded.key_versions,
                  spool_depth = excluded.spool_depth, spool_key_versions = excluded.spool_key_versions,
                  spool_since = case when excluded.spool_depth > 0 then coalesce(processes.spool_since, otobot_now()) end`,
    values: [id, role, workerNumber, host, pid, version, keyVersions, folderId, depth, spoolKeyVersions, surface],
  });
}

/** Which of these workers hold their lock: the others are dead, or have lost their session and take another. */
export async function listLiveWorkers(db: Queryable, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.query<{ id: string }>({
    text: `select id from processes where id = any ($1::uuid[]) and worker_number in (${LIVE_WORKERS})`,
    values: [ids],
  });
  return new Set(rows.map(({ id }) => id));
}

export async function forgetProcess(db: Queryable, id: string): Promise<void> {
  await db.query({ text: 'delete from processes where id = $1', values: [id] });
}

/** One that leaves a spool behind is remembered, with the keys it needs, until its files are adopted. */
export async function forgetGoneProcesses(db: Queryable): Promise<void> {
  await db.query({ text: `delete from processes where seen_at < otobot_now() - ${GONE_AFTER} and spool_depth = 0` });
}

/**
 * The files in this folder of workers that are gone were all adopted: their rows speak of nothing any more. One that only lost its
 * session is back with its next beat.
 */
export async function forgetAdopted(db: Queryable, folderId: string): Promise<void> {
  await db.query({
    text: `delete from processes
            where spool_folder = $1 and coalesce(worker_number, -1) not in (${LIVE_WORKERS})`,
    values: [folderId],
  });
}

/** How many processes serve now; those that have just begun included, those that froze or died for at most 20 s more. */
export async function countServing(db: Queryable): Promise<number> {
  const [row] = await db.query<{ live: number }>({
    text: `select count(*) as live from processes where role = 'serve' and seen_at > otobot_now() - ${GONE_AFTER}`,
  });
  return row?.live ?? 0;
}

export async function countLiveWorkers(db: Queryable): Promise<number> {
  const [row] = await db.query<{ live: number }>({
    text: `select count(*) as live from processes where role = 'refresh' and seen_at > otobot_now() - ${GONE_AFTER}`,
  });
  return row?.live ?? 0;
}
