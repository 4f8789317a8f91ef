import { Problem } from '../../errors/problem';
import type { UsedAccessKey } from '../../repositories/access-keys';

/** What has ended, or was given a successor already, is not begun anew: a key has one successor, which lives as long as it would have. */
export function rerollableOrThrow({ id, revokedAt, expiresAt, replacedBy }: UsedAccessKey, now: Date): void {
  if (replacedBy !== null)
    throw new Problem('conflict', `Access key ${id} was rerolled as ${replacedBy} already. Reroll that one.`);
  if (revokedAt !== null)
    throw new Problem('conflict', `Access key ${id} was revoked. Make a new one with POST /v1/access-keys.`);
  if (expiresAt !== null && expiresAt <= now)
    throw new Problem('conflict', `Access key ${id} has expired. Make a new one with POST /v1/access-keys.`);
}

/** The key as it is from now on: revoked, or with the end of its time of grace. */
export function ending(
  key: UsedAccessKey,
  now: Date,
  { graceSeconds, reason }: { graceSeconds: number; reason: string },
): UsedAccessKey {
  if (graceSeconds === 0) return { ...key, revokedAt: now, revokedReason: reason };
  const endsAt = new Date(now.getTime() + graceSeconds * 1_000);
  return {
    ...key,
    revokedReason: reason,
    expiresAt: key.expiresAt !== null && key.expiresAt < endsAt ? key.expiresAt : endsAt,
  };
}
