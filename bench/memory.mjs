import { startProcess } from './child.mjs';

const TOKEN_BYTES = 2_048;
const CONNECTIONS = 32;
const ROUNDS = 5;
const MEBIBYTE = 1_024 * 1_024;
const LIMIT_MEBIBYTES = 200;

/** One process reads `connections` credentials at random, many more than its cache holds: what it keeps resident, and how often it need not look. */
export async function measureMemory({ installation, place, seconds, connections: count = 100_000, say }) {
  say(`memory: storing ${count} connections`);
  const stored = await installation.ask('storeReadClients', { count, tokenBytes: TOKEN_BYTES });
  const { environment } = installation.ready;
  const broker = await startProcess('broker', { environment }, place);
  const load = await startProcess('load', null, place);
  const usage = async () => {
    const { rssBytes, heapBytes, externalBytes } = await broker.ask('usage');
    return { resident: rssBytes / MEBIBYTE, heap: heapBytes / MEBIBYTE, external: externalBytes / MEBIBYTE };
  };
  const { resident: atStart } = await usage();
  const rounds = [];
  for (let round = 1; round <= ROUNDS; round++) {
    say(`memory: round ${round} of ${ROUNDS}`);
    const looksBefore = await installation.ask('countLooks');
    const asked = { port: broker.ready.port, ...stored, connections: CONNECTIONS, seconds, random: true };
    const reading = load.ask('full', asked);
    const peak = await highest(reading, async () => (await usage()).resident);
    const { perSecond, answered, failed } = await reading;
    if (failed > 0) throw new Error(`${failed} requests failed: these figures would mean nothing`);
    const looks = (await installation.ask('countLooks')) - looksBefore;
    const { heap, external } = await usage();
    rounds.push({ perSecond, answered, peak, heap, external, hitRate: 1 - looks / answered });
  }
  for (const started of [load, broker]) await started.stop();
  const most = Math.max(...rounds.map(({ peak }) => peak));
  return {
    ...{
      count,
      tokenBytes: TOKEN_BYTES,
      connections: CONNECTIONS,
      seconds,
      limit: LIMIT_MEBIBYTES,
      atStart,
      most,
      rounds,
    },
  };
}

/** The highest value of `measure` until `work` is done, looked at ten times a second. */
async function highest(work, measure) {
  let done = false;
  const end = () => (done = true);
  work.then(end, end);
  let most = 0;
  while (!done) {
    most = Math.max(most, await measure());
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return most;
}
