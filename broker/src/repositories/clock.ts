import type { Tx } from '../db/database';

/** The database's time, to the millisecond. */
export async function databaseNow(tx: Tx): Promise<Date> {
  const [row] = await tx.query<{ now: Date }>({ text: 'select otobot_now() as now' });
  return (row as { now: Date }).now;
}
