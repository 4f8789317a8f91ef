import type { Queryable } from '../db/database';

export interface Pause {
  organizationId: string;
  appId: string;
  /** What the provider said, as in refresh_attempts.error_code. */
  code: string;
  /** What it asked for; null: nothing, so 10 s, twice as long each time until a token comes, at most 5 min. */
  seconds: number | null;
}

/** A pause of nothing would be no answer to who is asked for too much. */
const MIN_SECONDS = 1;

/** Pauses an app. Answers to requests that were in flight together are one pause, and the longest of them holds. */
export async function pauseApp(db: Queryable, { organizationId, appId, code, seconds }: Pause): Promise<void> {
  await db.query({
    text: `
      insert into app_pauses as p (app_id, organization_id, code, until)
      select id, organization_id, $3, otobot_now() + make_interval(secs => coalesce($4::float8, 10 * (0.5 + random() / 2)))
        from apps where id = $1 and organization_id = $2
      on conflict (app_id) do update
         set code = excluded.code,
             times = p.times + (p.until <= otobot_now())::int,
             until = greatest(p.until, otobot_now() + make_interval(secs => coalesce(
                       $4::float8, least(300, 10 * power(2, least(10, p.times))) * (0.5 + random() / 2))))`,
    values: [appId, organizationId, code, seconds === null ? null : Math.max(MIN_SECONDS, seconds)],
  });
}

/** Forgets how often an app was paused, because a token has come; a pause that has begun meanwhile stands. */
export async function forgetPauses(db: Queryable, appId: string): Promise<void> {
  await db.query({ text: 'delete from app_pauses where app_id = $1 and until <= otobot_now()', values: [appId] });
}
