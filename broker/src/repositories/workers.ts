import type { connectSession } from '../db/database';
import { WANTED_CHANNEL } from './signals';

export type Session = Awaited<ReturnType<typeof connectSession>>;

/** Class of the advisory locks that workers hold; the lock's object is the worker's number. */
const WORKER_LOCK = `hashtext('otobot.worker')`;

/** The numbers of the workers that live. (pg_locks shows advisory keys as unsigned oids; worker numbers are positive.) */
export const LIVE_WORKERS = `
  select l.objid::bigint from pg_locks l join pg_database d on d.oid = l.database
   where d.datname = current_database() and l.locktype = 'advisory' and l.granted
     and l.classid = (${WORKER_LOCK}::bigint & 4294967295)::oid`;

/** Gives the session a new number and the lock that says it lives; PostgreSQL frees the lock when the session ends, however it does. */
export async function becomeWorker(session: Session): Promise<number> {
  const { rows } = await session.query<{ number: number }>(`
    select number::int, pg_advisory_lock(${WORKER_LOCK}, number::int) from (select nextval('worker_numbers') as number offset 0) next`);
  await session.query(`listen ${WANTED_CHANNEL}`);
  return (rows[0] as { number: number }).number;
}
