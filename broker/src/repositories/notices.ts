import type { Tx } from '../db/database';
import type { ConsentEnds } from '../types/consent-ends';
import type { ConnectionName } from '../types/credential';

/** A connection whose coming end is to be looked at. */
export interface DueNotice extends ConnectionName, ConsentEnds {
  id: string;
  generation: number;
  now: Date;
  consentEndsAt: Date | null;
  tokenEndsAt: Date | null;
  noticedDays: number | null;
  /** Stopped by an operator, or in need of its client already. */
  silent: boolean;
}

/** Locks and returns up to `limit` connections that are due, whoever's they are; those that another worker holds are left to it. */
export function findDueNotices(tx: Tx, limit: number): Promise<DueNotice[]> {
  return tx.query<DueNotice>({
    name: 'find-due-notices',
    text: `
      select c.id, c.organization_id as "organizationId", c.client_id as "clientId", c.service, c.name, c.generation, otobot_now() as now,
             c.consent_ends_at as "consentEndsAt", c.token_ends_at as "tokenEndsAt", c.noticed_days as "noticedDays",
             c.refresh_expires_at as "refreshExpiresAt", c.idle_expires_at as "idleExpiresAt", c.absolute_expires_at as "absoluteExpiresAt",
             c.status in ('disabled', 'reauth_required') or cl.suspended_at is not null or o.suspended_at is not null
               or s.suspended_at is not null as silent
        from connections c
        join organizations o on o.id = c.organization_id
        left join clients cl on cl.organization_id = c.organization_id and cl.client_id = c.client_id
        left join lateral otobot_service(c.organization_id, c.service) s on true
       where c.notice_at <= otobot_now()
       order by c.notice_at
       limit $1
         for no key update of c skip locked`,
    values: [limit],
  });
}

/** When to look at a connection again, and what was told of its end; null: as before. */
export async function planNotice(
  tx: Tx,
  { id, nextAt, noticedDays }: { id: string; nextAt: Date | null; noticedDays: number | null },
): Promise<void> {
  await tx.query({
    name: 'plan-notice',
    text: 'update connections set notice_at = $2, noticed_days = coalesce($3, noticed_days) where id = $1',
    values: [id, nextAt, noticedDays],
  });
}
