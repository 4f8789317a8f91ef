import type { Queryable, Tx } from '../db/database';

export interface RefreshAttempt {
  id: string;
  startedAt: Date;
  /** null: it is under way. */
  finishedAt: Date | null;
  generation: number;
  outcome: string | null;
  errorCode: string | null;
  httpStatus: number | null;
  durationMs: number | null;
}

/** Where a page of attempts ended. */
export interface AttemptPosition {
  startedAt: Date;
  id: string;
}

/** Newest first; `after` is the last one of the previous page. */
export function listRefreshAttempts(
  tx: Tx,
  organizationId: string,
  connectionId: string,
  { limit, after }: { limit: number; after: AttemptPosition | null },
): Promise<RefreshAttempt[]> {
  return tx.query<RefreshAttempt>({
    text: `select id, started_at as "startedAt", finished_at as "finishedAt", generation, outcome, error_code as "errorCode",
                  http_status as "httpStatus", duration_ms as "durationMs"
             from refresh_attempts
            where organization_id = $1 and connection_id = $2 and ($3::timestamptz is null or (started_at, id) < ($3, $4::uuid))
            order by started_at desc, id desc limit $5`,
    values: [organizationId, connectionId, after?.startedAt ?? null, after?.id ?? null, limit],
  });
}

/** Daily partitions for today and the days ahead. */
export async function makePartitions(db: Queryable, daysAhead: number): Promise<void> {
  await db.query({ text: 'select otobot_make_partitions($1)', values: [daysAhead] });
}

/** Drops whole days that are older than `keepDays`, one per transaction; a day with an open attempt stays. Returns how many went. */
export async function dropOldHistory(db: Queryable, keepDays: number): Promise<number> {
  let dropped = 0;
  for (;;) {
    const [row] = await db.query<{ steps: number }>({
      text: 'select otobot_drop_history($1) as steps',
      values: [keepDays],
    });
    if (row?.steps !== 1) return dropped;
    dropped += 1;
  }
}
