import type { Tx } from '../db/database';

/**
 * Notes that the API rejected the token of this generation, and says whether a refresh may be asked for: at most once in 5 minutes per
 * connection, doubling up to an hour while rejections go on, from the start again after two quiet hours. One statement decides for all processes.
 */
export async function markRejected(
  tx: Tx,
  organizationId: string,
  connectionId: string,
  generation: number,
): Promise<boolean> {
  const rows = await tx.query({
    text: `update connections
              set rejected_at = otobot_now(),
                  rejected_count = case when rejected_at > otobot_now() - interval '2 hours' then rejected_count + 1 else 1 end
            where organization_id = $1 and id = $2 and generation = $3 and status <> 'reauth_required'
              and (rejected_at is null
                   or rejected_at < otobot_now() - least(interval '1 hour', interval '5 minutes' * power(2, greatest(rejected_count, 1) - 1)))
            returning id`,
    values: [organizationId, connectionId, generation],
  });
  return rows.length > 0;
}
