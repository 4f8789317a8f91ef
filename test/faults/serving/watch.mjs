import { setTimeout as delay } from 'node:timers/promises';

const LOOK_MS = 5;
/** Nobody waits for a process that never comes back. */
const NEVER_MS = 60_000;

/**
 * What the readers have seen: `released` are all answers that carried a secret, or began to; `refused` counts the others by what they
 * said; `longestMs` is the longest that anybody waited.
 */
export function createWatch(processes) {
  const released = [];
  const refused = {};
  const lastServed = Array.from({ length: processes }, () => -Infinity);
  let longestMs = 0;
  const servedSince = async (index, since) => {
    const deadline = performance.now() + NEVER_MS;
    while (lastServed[index] < since) {
      if (performance.now() > deadline) throw new Error(`process ${index} answered nothing in ${NEVER_MS / 1_000} s`);
      await delay(LOOK_MS);
    }
    return performance.now() - since;
  };
  return {
    released,
    refused,
    longestMs: () => longestMs,
    note: (answer) => {
      const { asked, sentAt, receivedAt, status, code } = answer;
      longestMs = Math.max(longestMs, receivedAt - sentAt);
      if (status === 200) {
        released.push(answer);
        lastServed[asked.broker] = Math.max(lastServed[asked.broker], sentAt);
        return;
      }
      const kind = status === null ? `connection lost (${code})` : `${status} ${code}`;
      refused[kind] = (refused[kind] ?? 0) + 1;
    },
    /** Milliseconds from `since` until each process, but for one, has answered something that was asked after it. */
    servedByAll: async (since, butFor = null) => {
      const others = lastServed.map((_, index) => index).filter((index) => index !== butFor);
      return Math.max(...(await Promise.all(others.map((index) => servedSince(index, since)))));
    },
    /** The same of one process. */
    servedBy: servedSince,
  };
}
