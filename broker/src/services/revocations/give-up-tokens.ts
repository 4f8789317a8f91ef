import type { Tx } from '../../db/database';
import { findLosing, leaveShared, setAside, type GivenUp } from '../../repositories/revocations';

/**
 * What becomes of a connection's tokens at their provider. `queued`: a worker revokes them. `shared`: they are left alone, since somebody else
 * may live on the same consent. `unsupported`: the provider, or what is known of it, has no way. `none`: nobody had consented to anything.
 */
export type Revocation = 'queued' | 'shared' | 'unsupported' | 'none';

/**
 * Sets tokens aside to be revoked, deletes what they belong to, and says by connection what will become of them: one transaction.
 * It is decided by who is left, so that connections which go together do not spare each other.
 */
export async function giveUpTokens<T>(
  tx: Tx,
  givenUp: GivenUp,
  remove: () => Promise<T>,
): Promise<{ removed: T; revocations: Map<string, Revocation> }> {
  const losing = await findLosing(tx, givenUp);
  const aside = await setAside(tx, givenUp);
  const removed = await remove();
  const shared = await leaveShared(
    tx,
    aside.map(({ id }) => id),
  );
  const revocations = new Map<string, Revocation>();
  for (const { connectionId, consented } of losing) {
    const own = aside.filter((set) => set.connectionId === connectionId);
    const queued = own.some(({ id }) => !shared.has(id));
    const otherwise = own.length > 0 ? 'shared' : consented ? 'unsupported' : 'none';
    revocations.set(connectionId, queued ? 'queued' : otherwise);
  }
  return { removed, revocations };
}
