import type { Queryable } from '../db/database';

export const WANTED_CHANNEL = 'otobot_wanted';
export const REFRESHED_CHANNEL = 'otobot_refreshed';

/** Wakes the workers: something was made due. Never inside a transaction that writes. */
export async function signalWanted(db: Queryable): Promise<void> {
  await db.query({ text: `notify ${WANTED_CHANNEL}` });
}

/** Wakes those who wait for a refresh. Never inside a transaction that writes tokens. */
export async function signalRefreshed(db: Queryable): Promise<void> {
  await db.query({ text: `notify ${REFRESHED_CHANNEL}` });
}
