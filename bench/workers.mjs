import { startProcess } from './child.mjs';
import { median } from './statistics.mjs';

const APPS = 50;
const PER_SECOND_OF_ROUND = 1_200;
const ROUNDS = 3;
const WORKERS = [1, 2, 4];
const LATENCY_MS = 150;

/** What a refresh costs PostgreSQL when one, two and four workers share the same work, in turn. */
export async function measureWorkers({ installation, place, seconds, say }) {
  const count = PER_SECOND_OF_ROUND * seconds;
  const provider = await startProcess('provider', null, place);
  const { tokenUrl } = provider.ready;
  await installation.ask('storeDueConnections', { apps: APPS, connections: count, tokenUrl });
  const { environment } = installation.ready;
  const workers = [];
  while (workers.length < Math.max(...WORKERS))
    workers.push(await startProcess('refresher', { environment, dataDir: place.home }, place));
  const rounds = new Map(WORKERS.map((number) => [number, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const number of WORKERS) {
      say(`workers: ${number}, ${round === 0 ? 'warming up' : `round ${round} of ${ROUNDS}`}`);
      const measured = await oneRound({ installation, provider, workers: workers.slice(0, number), count });
      if (round > 0) rounds.get(number).push(measured);
    }
  }
  for (const started of [...workers, provider]) await started.stop();
  return { apps: APPS, connections: count, rounds: ROUNDS, latencyMs: LATENCY_MS, rows: rowsOf(rounds) };
}

async function oneRound({ installation, provider, workers, count }) {
  await provider.ask('begin', { latencyMs: LATENCY_MS });
  const since = await installation.ask('makeDue');
  const commits = await installation.ask('commitsSoFar');
  const before = await installation.ask('serverCpu');
  await Promise.all(workers.map((worker) => worker.ask('start')));
  await provider.ask('received', count);
  await Promise.all(workers.map((worker) => worker.ask('stop')));
  const after = await installation.ask('serverCpu');
  const committed = (await installation.ask('commitsSoFar')) - commits;
  const { refreshed, otherwise, seconds } = await installation.ask('tallyAttempts', since);
  const calls = await provider.ask('calls');
  if (refreshed !== count || otherwise !== 0 || calls !== count)
    throw new Error(`${count} were due; ${refreshed} refreshed, ${otherwise} ended otherwise, ${calls} calls`);
  if (before === null) throw new Error('the processor time of PostgreSQL cannot be read here: there is no /proc');
  return {
    perSecond: count / seconds,
    serverMicroseconds: (after - before) / count,
    commitsPerRefresh: committed / count,
  };
}

function rowsOf(rounds) {
  const of = (number, name) => median(rounds.get(number).map((round) => round[name]));
  const [alone] = WORKERS;
  return WORKERS.map((workers) => ({
    workers,
    perSecond: of(workers, 'perSecond'),
    serverMicroseconds: of(workers, 'serverMicroseconds'),
    commitsPerRefresh: of(workers, 'commitsPerRefresh'),
    // Within a round, so that a busier minute of the machine does not pass for a dearer worker.
    toOne: rounds
      .get(workers)
      .map((round, index) => round.serverMicroseconds / rounds.get(alone)[index].serverMicroseconds),
  }));
}
