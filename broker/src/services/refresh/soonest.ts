import { setTimeout as delay } from 'node:timers/promises';

/** Waits for the event, but no longer than `ms`. */
export async function soonest(event: Promise<unknown>, ms: number): Promise<void> {
  const cancel = new AbortController();
  await Promise.race([event, delay(ms, undefined, { signal: cancel.signal }).catch(() => undefined)]);
  cancel.abort();
}
