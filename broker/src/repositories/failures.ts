import type { Queryable } from '../db/database';

/** What one process counted in a bucket since it last said so. */
export interface Counted {
  bucket: string;
  more: number;
}

/** The bucket as all processes have filled it, and how long its window still lasts. */
export interface Filled extends Counted {
  count: number;
  secondsLeft: number;
}

/** Adds up what the processes count. A window begins with its first count and lasts `windowSeconds`. */
export function addFailures(db: Queryable, counted: readonly Counted[], windowSeconds: number): Promise<Filled[]> {
  return db.query<Filled>({
    name: 'add-failures',
    // In one order, so that two processes never wait for each other.
    text: `with given as (select * from unnest($1::text[], $2::integer[]) as g (bucket, more)),
                filled as (
                  insert into failures as f (bucket, count, ends_at)
                  select bucket, more, otobot_now() + make_interval(secs => $3) from given order by bucket
                  on conflict (bucket) do update
                     set count = case when f.ends_at > otobot_now() then f.count + excluded.count else excluded.count end,
                         ends_at = case when f.ends_at > otobot_now() then f.ends_at else excluded.ends_at end
                  returning bucket, count, ends_at)
           select bucket, more, count, extract(epoch from ends_at - otobot_now())::float8 as "secondsLeft"
             from filled join given using (bucket)`,
    values: [counted.map(({ bucket }) => bucket), counted.map(({ more }) => more), windowSeconds],
  });
}

/** Whose key it is that is guessed at, where nobody was told so within the hour; null: they were, or there is no such key. */
export async function tellOfAttack(db: Queryable, bucket: string, keyId: string): Promise<string | null> {
  const [row] = await db.query<{ organizationId: string }>({
    text: `update failures f set told_at = otobot_now() from access_keys k
            where f.bucket = $1 and k.id = $2 and (f.told_at is null or f.told_at < otobot_now() - interval '1 hour')
            returning k.organization_id as "organizationId"`,
    values: [bucket, keyId],
  });
  return row?.organizationId ?? null;
}

/** What no window and no telling depends on any more. */
export async function forgetFailures(db: Queryable): Promise<void> {
  await db.query({
    text: `delete from failures
            where ends_at < otobot_now() and (told_at is null or told_at < otobot_now() - interval '1 hour')`,
  });
}
