import { startProcess } from './child.mjs';
import { readAll, readOne } from './read-one.mjs';
import { measureRound } from './round.mjs';
import { median, medians } from './statistics.mjs';

const CLIENTS = 200;
const TOKEN_BYTES = 2_048;
const ROUNDS = 3;
const PART = 0.7;
const KEPT_UP = 0.95;
const SERVERS = { broker: 'Otobot', express: 'bare Express 5', 'node-http': 'bare node:http' };

/** Reads through the whole broker beside the bare servers, round by round in turn, at full load and at 70 % of what each can do. */
export async function measureReads({ installation, readers, place, seconds, profile, say }) {
  const stored = await installation.ask('storeReadClients', { count: CLIENTS, tokenBytes: TOKEN_BYTES });
  const asked = { connections: readers, ...stored };
  const { environment } = installation.ready;
  const execArgv = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const broker = await startProcess('broker', { environment }, { ...place, execArgv });
  const answers = await readAll(broker.ready.port, asked);
  const servers = { broker };
  for (const name of ['express', 'node-http']) servers[name] = await startProcess(name, { answers }, place);
  const bodyBytes = await sameLength(servers, asked);
  const load = await startProcess('load', null, place);
  const run = (name, kind, options) => {
    const database = name === 'broker' ? installation : null;
    return measureRound({ servers: [servers[name]], database, load, asked, kind, options });
  };

  const commit = await installation.ask('measureCommits');
  await warmUp(run, { seconds: Math.min(seconds, 2), say });
  const releasedBefore = await installation.ask('countReleased');
  const full = await inTurn((name, round) => {
    say(`reads: full load, round ${round} of ${ROUNDS}, ${SERVERS[name]}`);
    return run(name, 'full', { seconds });
  });
  const perSecond = (name) => PART * median(full[name].map((round) => round.perSecond));
  const part = await inTurn((name, round) => {
    say(`reads: 70 % load, round ${round} of ${ROUNDS}, ${SERVERS[name]}`);
    return run(name, 'paced', { seconds, perSecond: perSecond(name) });
  });
  const released = (await installation.ask('countReleased')) - releasedBefore;
  for (const started of [load, ...Object.values(servers)]) await started.stop();
  return figures({ readers, seconds, bodyBytes, commit, full, part, released });
}

async function warmUp(run, { seconds, say }) {
  say('reads: warming up');
  for (const name of Object.keys(SERVERS)) await run(name, 'full', { seconds });
}

async function inTurn(run) {
  const rounds = Object.fromEntries(Object.keys(SERVERS).map((name) => [name, []]));
  for (let round = 1; round <= ROUNDS; round++) {
    for (const name of Object.keys(SERVERS)) rounds[name].push(await run(name, round));
  }
  return rounds;
}

/** The comparison stands on answers of equal length, so that is looked at and not assumed. */
async function sameLength(servers, { paths, key }) {
  const [first] = paths;
  const texts = Object.values(servers).map(({ ready }) => readOne(ready.port, first, key));
  const lengths = (await Promise.all(texts)).map((text) => Buffer.byteLength(text));
  if (new Set(lengths).size !== 1) throw new Error(`the answers differ in length: ${lengths.join(', ')}`);
  return lengths[0];
}

function figures({ readers, seconds, bodyBytes, commit, full, part, released }) {
  const rows = Object.entries(SERVERS).map(([name, label]) => ({
    server: label,
    fullLoad: medians(full[name]),
    partLoad: medians(part[name]),
    // Then requests pile up, and their times tell how long the round was rather than what a read takes.
    fellBehind: part[name].filter(({ perSecond, asked }) => perSecond < KEPT_UP * asked).length,
  }));
  const ratios = (pick) => full.broker.map((round, index) => pick(round, full.express[index]));
  const perSecond = ratios((broker, express) => broker.perSecond / express.perSecond);
  const cpu = ratios((broker, express) => express.cpuMicroseconds / broker.cpuMicroseconds);
  const answered = [...full.broker, ...part.broker].reduce((sum, round) => sum + round.answered, 0);
  if (released < answered) throw new Error(`${answered} reads were answered, yet only ${released} are in the audit`);
  return {
    ...{
      clients: CLIENTS,
      tokenBytes: TOKEN_BYTES,
      bodyBytes,
      connections: readers,
      rounds: ROUNDS,
      seconds,
      rows,
    },
    toExpress: { perSecond, perSecondMedian: median(perSecond), cpu, cpuMedian: median(cpu) },
    audit: { answered, released, commitMs: commit },
  };
}
