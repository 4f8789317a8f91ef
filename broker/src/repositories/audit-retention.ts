import type { Database } from '../db/database';

/** The rows of a day are counted before it goes, which takes longer than statements may where there are many. */
const PATIENCE = '10min';

/** Drops whole days (UTC) that are older than `keepDays`, each with a row in the audit that tells of it. Returns how many went. */
export async function dropOldAudit(db: Database, keepDays: number): Promise<number> {
  for (let dropped = 0; ; dropped++) {
    const day = await db.transaction(async (tx) => {
      await tx.query({ text: `set local statement_timeout = '${PATIENCE}'` });
      const [row] = await tx.query<{ day: Date | null }>({
        text: 'select otobot_drop_audit_day($1) as day',
        values: [keepDays],
      });
      return row?.day ?? null;
    });
    if (day === null) return dropped;
  }
}
