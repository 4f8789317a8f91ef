import type { Queryable } from '../db/database';

/** What a key without quota was used for since it was written down last. */
export interface KeyUse {
  keyId: string;
  lastUsedAt: Date;
  lastUsedFrom: string | null;
  released: number;
}

/** Further ahead than tomorrow: it was written by a clock that was wrong. */
const absurd = (day: string): string => `(${day} > (otobot_now() at time zone 'UTC')::date + 1)`;

/**
 * Adds what was counted in memory, to the day and month of the last use. Keys are taken in the order in which the audit takes those with
 * quotas, so that they never wait for each other; one that was deleted meanwhile is passed by.
 */
export async function addKeyUses(db: Queryable, uses: readonly KeyUse[]): Promise<void> {
  await db.query({
    name: 'add-key-uses',
    text: `
      insert into access_key_usage as u (key_id, last_used_at, last_used_ip, day, day_count, month, month_count)
      select i.key_id, i.at, i.address, (i.at at time zone 'UTC')::date, i.released, date_trunc('month', i.at at time zone 'UTC')::date, i.released
        from unnest($1::text[], $2::timestamptz[], $3::text[], $4::bigint[]) as i (key_id, at, address, released)
        join access_keys k on k.id = i.key_id
       order by i.key_id
      on conflict (key_id) do update
         set last_used_at = greatest(u.last_used_at, excluded.last_used_at),
             last_used_ip = case when u.last_used_at > excluded.last_used_at then u.last_used_ip else excluded.last_used_ip end,
             day          = case when ${absurd('u.day')} then excluded.day else greatest(u.day, excluded.day) end,
             day_count    = excluded.day_count + case when u.day >= excluded.day and not ${absurd('u.day')} then u.day_count else 0 end,
             month        = case when ${absurd('u.month')} then excluded.month else greatest(u.month, excluded.month) end,
             month_count  = excluded.month_count
                            + case when u.month >= excluded.month and not ${absurd('u.month')} then u.month_count else 0 end`,
    values: [
      uses.map(({ keyId }) => keyId),
      uses.map(({ lastUsedAt }) => lastUsedAt),
      uses.map(({ lastUsedFrom }) => lastUsedFrom),
      uses.map(({ released }) => released),
    ],
  });
}
