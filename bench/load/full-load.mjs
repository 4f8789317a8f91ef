import { percentiles } from '../statistics.mjs';
import { openConnection, requestsOf } from './connection.mjs';

/**
 * As many requests as the server answers: each connection asks again as soon as it has its answer. Each goes through the paths from a place of
 * its own, or all would ask for the same client at the same time; `random`: any path each time.
 */
export async function fullLoad({ port, key, paths, connections, seconds, random = false }) {
  const requests = requestsOf({ port, key, paths });
  const durations = [];
  let failed = 0;
  let over = false;
  const done = [];

  const ask = async (n) => {
    let next = Math.floor((n * requests.length) / connections);
    const sendNext = (connection) => {
      const index = random ? Math.floor(Math.random() * requests.length) : next++ % requests.length;
      connection.send(requests[index], performance.now());
    };
    let finish;
    done.push(new Promise((resolve) => (finish = resolve)));
    const connection = await openConnection(port, (own, status, sentAt) => {
      durations.push(performance.now() - sentAt);
      if (status !== 200) failed++;
      if (!over) return sendNext(own);
      own.close();
      finish();
    });
    return () => sendNext(connection);
  };
  const begin = await Promise.all(Array.from({ length: connections }, (_, n) => ask(n)));
  const startedAt = performance.now();
  for (const start of begin) start();
  setTimeout(() => (over = true), seconds * 1_000);
  await Promise.all(done);
  const perSecond = durations.length / ((performance.now() - startedAt) / 1_000);
  return { perSecond, ...percentiles(durations), answered: durations.length - failed, failed };
}
