import { setTimeout as delay } from 'node:timers/promises';
import { persistently } from './stage.mjs';

/** Requests that hang are cut off after 20 s, and a slow machine is slow. */
const LIMIT_MS = 300_000;
const LOOK_MS = 500;

/** Waits until every connection has been refreshed in calm weather or has ended. Pauses that grew in the storm are cut short, as time would. */
export async function settle({ database }) {
  const since = await persistently(() => database.query({ text: 'select otobot_now() as now' }));
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const [{ restless }] = await persistently(() =>
      database.query({
        text: `select count(*)::int as restless from connections where lease_until is not null
                  or not (status = 'reauth_required' or (status = 'active' and last_refreshed_at > $1))`,
        values: [since[0].now],
      }),
    );
    if (restless === 0) return 0;
    if (performance.now() > deadline) return restless;
    await persistently(() => database.query({ text: SOONER }));
    await delay(LOOK_MS);
  }
}

// Not those whose last request may still be running at the provider: it is cut off after 20 s.
const SOONER = `
  update connections set next_refresh_at = otobot_now(), not_before_at = null
   where next_refresh_at > otobot_now() + interval '1 second' and status in ('backoff', 'uncertain')
     and last_attempt_at < otobot_now() - interval '25 seconds'`;
