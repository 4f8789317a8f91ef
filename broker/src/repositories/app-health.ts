import type { Queryable } from '../db/database';

/** Stops the refreshing of an app whose client secrets are all refused; told once, by whoever is first. */
export async function suspendApp(db: Queryable, appId: string, code: string): Promise<void> {
  await db.query({
    text: `
      with suspended as (
        update apps set suspended_at = otobot_now(), suspended_reason = $2, next_probe_at = otobot_now() + interval '1 minute'
         where id = $1 and suspended_at is null
        returning organization_id, client_id, service
      )
      insert into outbox (organization_id, type, client_id, service, data)
      select organization_id, 'app.suspended', client_id, service, jsonb_build_object('code', $2::text) from suspended`,
    values: [appId, code],
  });
}

/** Lets a suspended app's connections be refreshed again, after a probe that its provider answered. */
export async function resumeApp(db: Queryable, appId: string): Promise<void> {
  await db.query({
    text: `
      with resumed as (
        update apps set suspended_at = null, suspended_reason = null, next_probe_at = null
         where id = $1 and suspended_at is not null
        returning organization_id, client_id, service
      )
      insert into outbox (organization_id, type, client_id, service) select organization_id, 'app.recovered', client_id, service from resumed`,
    values: [appId],
  });
}

/** Remembers which of an app's client secrets works, so that the next attempt begins with it. */
export async function rememberSecret(db: Queryable, appId: string, position: number): Promise<void> {
  await db.query({
    text: 'update apps set secret_position = $2 where id = $1 and secret_position <> $2',
    values: [appId, position],
  });
}
