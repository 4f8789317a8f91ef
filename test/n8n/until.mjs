import { setTimeout as sleep } from 'node:timers/promises';

const WITHIN_MS = 30_000;

/** Waits until `condition` gives something true, and gives that back. Fails with what was waited for. */
export async function until(what, condition) {
  const giveUpAt = Date.now() + WITHIN_MS;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > giveUpAt) throw new Error(`waited ${WITHIN_MS / 1000} s in vain until ${what}`);
    await sleep(100);
  }
}
