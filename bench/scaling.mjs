import { startProcess } from './child.mjs';
import { measureRound } from './round.mjs';
import { median, medians } from './statistics.mjs';

const CLIENTS = 200;
const TOKEN_BYTES = 2_048;
const PROCESSES = [1, 2, 4];
/** Of each process: each has its own lane, and a lane with fewer readers has smaller batches. */
const CONNECTIONS = 32;
const ROUNDS = 5;

/** PostgreSQL's processor time for one read, when one, two and four processes serve. */
export async function measureProcesses({ installation, place, seconds, say }) {
  const stored = await installation.ask('storeReadClients', { count: CLIENTS, tokenBytes: TOKEN_BYTES });
  const { environment } = installation.ready;
  const brokers = [];
  for (let n = 0; n < Math.max(...PROCESSES); n++) brokers.push(await startProcess('broker', { environment }, place));
  const load = await startProcess('load', null, place);
  const run = (count, forSeconds) => {
    const asked = { ...stored, connections: CONNECTIONS * count };
    const servers = brokers.slice(0, count);
    return measureRound({
      servers,
      database: installation,
      load,
      asked,
      kind: 'full',
      options: { seconds: forSeconds },
    });
  };
  await run(Math.max(...PROCESSES), Math.min(seconds, 2));
  const rounds = Object.fromEntries(PROCESSES.map((count) => [count, []]));
  for (let round = 1; round <= ROUNDS; round++) {
    for (const count of PROCESSES) {
      say(`processes: round ${round} of ${ROUNDS}, ${count}`);
      rounds[count].push(await run(count, seconds));
    }
  }
  for (const started of [load, ...brokers]) await started.stop();
  const toOne = (count) =>
    rounds[count].map((round, index) => round.serverMicroseconds / rounds[1][index].serverMicroseconds);
  return {
    ...{ clients: CLIENTS, connections: CONNECTIONS, rounds: ROUNDS, seconds },
    rows: PROCESSES.map((count) => ({
      count,
      ...medians(rounds[count]),
      toOne: toOne(count),
      toOneMedian: median(toOne(count)),
    })),
  };
}
