import type { Queryable } from '../db/database';

/** A claim, with the facts that it was decided on: what has changed since is noticed afterwards. */
export interface N8nClaim {
  id: string;
  claimId: string;
  version: number | null;
  policyVersion: number;
}

const LET_GO = 'claim_id = null, leased_until = null, seen_version = $3, seen_policy_version = $4';
const MINE = 'id = $1 and claim_id = $2';
const claimed = ({ id, claimId, version, policyVersion }: N8nClaim): unknown[] => [id, claimId, version, policyVersion];

export interface PushedN8nCredential {
  remoteId: string;
  remoteUpdatedAt: string | null;
  generation: number;
  expiresAt: Date | null;
  /** null: as it was left. */
  drift: string | null;
  /** When to look at it again. */
  nextInSeconds: number;
}

/** It stands there, whole. A drift that was put right is told of. */
export async function settlePush(db: Queryable, claim: N8nClaim, pushed: PushedN8nCredential): Promise<void> {
  const { remoteId, remoteUpdatedAt, generation, expiresAt, drift, nextInSeconds } = pushed;
  await db.query({
    text: `
      with settled as (
        update n8n_credentials set ${LET_GO}, attempts = 0, last_error_code = null, remote_id = $5, remote_updated_at = $6,
               pushed_generation = $7, pushed_at = otobot_now(), pushed_expires_at = $8, checked_at = otobot_now(),
               drift = coalesce($9, drift), drifted_at = case when $9::text is null then drifted_at else otobot_now() end,
               next_attempt_at = otobot_now() + make_interval(secs => $10)
         where ${MINE} returning *)
      insert into outbox (organization_id, type, client_id, service, connection_id, data)
      select n.organization_id, 'n8n_credential.drifted', n.client_id, n.service, n.connection_id,
             jsonb_build_object('instance', i.name, 'type', n.type, 'name', n.name, 'drift', n.drift)
        from settled n join n8n_instances i on i.id = n.instance_id where $9::text is not null`,
    values: [...claimed(claim), remoteId, remoteUpdatedAt, generation, expiresAt, drift, nextInSeconds],
  });
}

/** It was looked at, and is as it was left. */
export async function settleCheck(db: Queryable, claim: N8nClaim, nextInSeconds: number): Promise<void> {
  await db.query({
    text: `update n8n_credentials set ${LET_GO}, attempts = 0, last_error_code = null, checked_at = otobot_now(),
                  next_attempt_at = otobot_now() + make_interval(secs => $5) where ${MINE}`,
    values: [...claimed(claim), nextInSeconds],
  });
}

/** Nothing was sent: there is nothing to do before that, or before something changes (null). */
export async function settleIdle(db: Queryable, claim: N8nClaim, nextInSeconds: number | null): Promise<void> {
  await db.query({
    text: `update n8n_credentials set ${LET_GO}, attempts = 0, last_error_code = null,
                  next_attempt_at = coalesce(otobot_now() + make_interval(secs => $5), 'infinity') where ${MINE}`,
    values: [...claimed(claim), nextInSeconds],
  });
}

/** n8n has confirmed that nothing of ours is left there. `toGo`: then the row goes too, else it stays until it is wanted again. */
export async function settleGone(db: Queryable, claim: N8nClaim, toGo: boolean): Promise<void> {
  if (toGo) {
    await db.query({ text: `delete from n8n_credentials where ${MINE}`, values: [claim.id, claim.claimId] });
    return;
  }
  await db.query({
    text: `update n8n_credentials set ${LET_GO}, attempts = 0, last_error_code = null, may_be_there = false, remote_id = null,
                  remote_updated_at = null, pushed_generation = null, pushed_expires_at = null, next_attempt_at = 'infinity' where ${MINE}`,
    values: claimed(claim),
  });
}

/**
 * It did not work. Where nothing has changed meanwhile it is tried again after so many seconds. `blame`: the credential itself; else its instance,
 * which has a pause of its own.
 */
export async function settleFailure(
  db: Queryable,
  claim: N8nClaim,
  { code, nextInSeconds, blame }: { code: string; nextInSeconds: number; blame: boolean },
): Promise<void> {
  await db.query({
    text: `update n8n_credentials set ${LET_GO}, last_error_code = case when $7 then $5 end,
                  attempts = case when $7 then attempts else 0 end, next_attempt_at = otobot_now() + make_interval(secs => $6) where ${MINE}`,
    values: [...claimed(claim), code, nextInSeconds, blame],
  });
}

/** Remembers under which id it stands there, before anything else is done with it. */
export async function noteRemoteId(db: Queryable, { id, claimId }: N8nClaim, remoteId: string | null): Promise<void> {
  await db.query({ text: `update n8n_credentials set remote_id = $3 where ${MINE}`, values: [id, claimId, remoteId] });
}

/** Lets go of one about which something was ordered while it was in hand: what was done is remembered by nobody, and it is looked at anew. */
export async function releaseOrdered(db: Queryable, { id }: Pick<N8nClaim, 'id'>): Promise<void> {
  await db.query({
    text: 'update n8n_credentials set leased_until = null where id = $1 and claim_id is null and leased_until is not null',
    values: [id],
  });
}
