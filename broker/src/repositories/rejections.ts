import type { Tx } from '../db/database';

/** What a report of a rejected token comes to: the first of its window, one while that refresh may still be under way, or one more. */
export interface Rejection {
  verdict: 'first' | 'under_way' | 'known';
  /** How many windows in a row began with a rejection, this one included. */
  windows: number;
}

/**
 * Notes that the API rejected the token of this generation. A window, in which nothing more comes of it, lasts 5 minutes per connection,
 * doubling up to an hour while rejections go on, and from the start again two hours after the last one began. One statement decides for all
 * processes. null: that generation is not the current one any more, or its client has been told to connect again.
 */
export async function markRejected(
  tx: Tx,
  organizationId: string,
  connectionId: string,
  generation: number,
): Promise<Rejection | null> {
  const values = [organizationId, connectionId, generation];
  const [first] = await tx.query<Rejection>({
    text: `update connections
              set rejected_at = otobot_now(),
                  rejected_count = case when rejected_at > otobot_now() - interval '2 hours' then rejected_count + 1 else 1 end
            where organization_id = $1 and id = $2 and generation = $3 and status <> 'reauth_required'
              and (rejected_at is null
                   or rejected_at <= otobot_now() - least(interval '1 hour', interval '5 minutes' * (1 << least(greatest(rejected_count, 1) - 1, 4))))
            returning 'first' as verdict, rejected_count as windows`,
    values,
  });
  if (first !== undefined) return first;
  // A statement of its own, because the first one has just been made by somebody whom the one above waited for.
  const [known] = await tx.query<Rejection>({
    text: `select case when rejected_at > greatest(last_refreshed_at, otobot_now() - interval '5 seconds')
                       then 'under_way' else 'known' end as verdict, rejected_count as windows
             from connections
            where organization_id = $1 and id = $2 and generation = $3 and status <> 'reauth_required'`,
    values,
  });
  return known ?? null;
}
