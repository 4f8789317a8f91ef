import type { Queryable, Tx } from '../db/database';

/** Refreshing stands still. */
export interface Pause {
  since: Date;
  reason: string;
}

/** What a worker finds where it starts. `new`: none ever ran here; `moved`: this database was elsewhere when one last did. */
export type Whereabouts = 'new' | 'known' | 'moved';

// The server's identifier is made with its data folder, and oids are not used again: a database that was copied, and a dump that was
// restored, into the same database even, has at least one of them different. A copy of the server's files has them all the same.
const HERE = `
  (select s.system_identifier, d.oid as database_oid, 'installation'::regclass::oid as table_oid
     from pg_control_system() s, pg_database d where d.datname = current_database())`;

/** Compares this database's place with the one that is written in it, and locks that until the end of the transaction. */
export async function findWhereabouts(tx: Tx): Promise<Whereabouts> {
  const [row] = await tx.query<{ whereabouts: Whereabouts }>({
    text: `
      select case when i.system_identifier is null then 'new'
                  when (i.system_identifier, i.database_oid) <> (here.system_identifier, here.database_oid) then 'moved'
                  when i.table_oid is null then 'new'
                  when i.table_oid <> here.table_oid then 'moved'
                  else 'known' end as whereabouts
        from installation i, ${HERE} here for update of i`,
  });
  return row?.whereabouts ?? 'known';
}

export async function rememberWhereabouts(tx: Tx): Promise<void> {
  await tx.query({
    text: `update installation
              set system_identifier = here.system_identifier, database_oid = here.database_oid, table_oid = here.table_oid,
                  remembered_at = otobot_now()
             from ${HERE} here`,
  });
}

/** From here on nothing is claimed. A pause that is there already keeps its beginning. */
export async function pauseRefreshing(db: Queryable, reason: string): Promise<void> {
  await db.query({
    text: `update installation
              set refreshing_paused_at = coalesce(refreshing_paused_at, otobot_now()), refreshing_paused_reason = $1`,
    values: [reason],
  });
}

/** Returns the pause that is over now; null: there was none. */
export async function resumeRefreshing(tx: Tx): Promise<Pause | null> {
  const pause = await findPause(tx);
  await tx.query({
    text: 'update installation set refreshing_paused_at = null, refreshing_paused_reason = null where refreshing_paused_at is not null',
  });
  return pause;
}

export async function findPause(db: Queryable): Promise<Pause | null> {
  const [row] = await db.query<Pause>({
    name: 'find-pause',
    text: `select refreshing_paused_at as since, refreshing_paused_reason as reason from installation where refreshing_paused_at is not null`,
  });
  return row ?? null;
}

/**
 * Every refresh token that a use takes away may have been used since this was written: from now on it counts as such, so that its live
 * access token serves to its end before it is tried, once. Returns how many there are. Runs as long as it takes.
 */
export async function doubtRotatingTokens(tx: Tx): Promise<number> {
  await tx.query({ text: 'set local statement_timeout = 0' });
  const [row] = await tx.query<{ doubted: number }>({
    text: `
      with doubted as (
        update connections c
           set status = case when c.status = 'disabled' then c.status else 'uncertain' end,
               status_reason = case when c.status = 'disabled' then c.status_reason else 'restored' end,
               uncertain_since = least(c.uncertain_since, t.created_at),
               next_refresh_at = case when c.next_refresh_at is not null then greatest(c.next_refresh_at, near.expiry) end,
               not_before_at = greatest(c.not_before_at, near.expiry)
          from token_sets t
               cross join lateral (select t.expires_at - interval '1 minute' as expiry) near
         where t.connection_id = c.id and t.generation = c.generation and t.kind = 'current' and t.refresh_key_version is not null
           and c.kind = 'oauth2' and c.status <> 'reauth_required'
           and coalesce((select s.rotation from otobot_service(c.organization_id, c.service) s), 'strict') <> 'none'
        returning c.id
      )
      select count(*) as doubted from doubted`,
  });
  return row?.doubted ?? 0;
}

/** What a refresher that goes on finds. */
export interface Backlog {
  due: number;
  uncertain: number;
}

export async function countBacklog(db: Queryable): Promise<Backlog> {
  const [row] = await db.query<Backlog>({
    text: `select count(*) filter (where next_refresh_at <= otobot_now() and status <> 'disabled') as due,
                  count(*) filter (where status = 'uncertain') as uncertain
             from connections`,
  });
  return row ?? { due: 0, uncertain: 0 };
}
