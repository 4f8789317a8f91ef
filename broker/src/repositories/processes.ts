import type { Queryable } from '../db/database';

/** A running process, as the others see it. */
export interface Process {
  id: string;
  role: 'serve' | 'refresh';
  /** The number of the advisory lock that a worker holds; null for a process that only serves. */
  workerNumber: number | null;
  host: string;
  pid: number;
  version: string;
  keyVersions: readonly number[];
}

/** A process that has not been seen for that long counts as gone. It beats every 5 s. */
const GONE_AFTER = `interval '20 seconds'`;

/** Registers the process, or says that it is still there and which keys it holds now. */
export async function beat(
  db: Queryable,
  { id, role, workerNumber, host, pid, version, keyVersions }: Process,
): Promise<void> {
  await db.query({
    text: `insert into processes (id, role, worker_number, host, pid, version, key_versions) values ($1, $2, $3, $4, $5, $6, $7)
           on conflict (id) do update set seen_at = otobot_now(), worker_number = excluded.worker_number, key_versions = excluded.key_versions`,
    values: [id, role, workerNumber, host, pid, version, keyVersions],
  });
}

export async function forgetProcess(db: Queryable, id: string): Promise<void> {
  await db.query({ text: 'delete from processes where id = $1', values: [id] });
}

export async function forgetGoneProcesses(db: Queryable): Promise<void> {
  await db.query({ text: `delete from processes where seen_at < otobot_now() - ${GONE_AFTER}` });
}

export async function countLiveWorkers(db: Queryable): Promise<number> {
  const [row] = await db.query<{ live: number }>({
    text: `select count(*) as live from processes where role = 'refresh' and seen_at > otobot_now() - ${GONE_AFTER}`,
  });
  return row?.live ?? 0;
}
