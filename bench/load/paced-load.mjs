import { percentiles } from '../statistics.mjs';
import { openConnection, requestsOf } from './connection.mjs';

const TICK_MS = 1;

/**
 * Requests at an even rate, whether or not the server keeps up, over connections that stay open. A time counts from the tick in which the
 * request is due, so waiting for a free connection is in it.
 */
export async function pacedLoad({ port, key, paths, connections, seconds, perSecond }) {
  const requests = requestsOf({ port, key, paths });
  const due = [];
  const idle = [];
  const durations = [];
  let sent = 0;
  let failed = 0;

  const sendNext = (connection) => {
    if (due.length === 0) idle.push(connection);
    else connection.send(requests[sent++ % requests.length], due.shift());
  };
  const opened = Array.from({ length: connections }, () =>
    openConnection(port, (connection, status, dueAt) => {
      durations.push(performance.now() - dueAt);
      if (status !== 200) failed++;
      sendNext(connection);
    }),
  );
  idle.push(...(await Promise.all(opened)));

  const startedAt = performance.now();
  let begun = 0;
  await ticking(seconds * 1_000, (elapsedMs) => {
    const now = performance.now();
    for (; begun < (elapsedMs / 1_000) * perSecond; begun++) due.push(now);
    while (due.length > 0 && idle.length > 0) sendNext(idle.pop());
  });
  const elapsed = (performance.now() - startedAt) / 1_000;
  const answered = durations.length;
  for (const connection of await Promise.all(opened)) connection.close();
  return {
    asked: perSecond,
    perSecond: answered / elapsed,
    ...percentiles(durations),
    answered: answered - failed,
    failed,
  };
}

function ticking(forMs, work) {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const elapsedMs = performance.now() - startedAt;
      work(Math.min(elapsedMs, forMs));
      if (elapsedMs < forMs) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
}
