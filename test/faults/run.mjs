// A seeded storm over real worker processes, a real PostgreSQL and a scriptable provider; then a checker. See `--help`.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { check } from './check/check.cjs';
import { storeConnections } from './connections.mjs';
import { gatherEvidence } from './evidence.mjs';
import { startNemesis } from './nemesis.mjs';
import { HELP, readOptions } from './options.mjs';
import { startProvider } from './provider.mjs';
import { seeded } from '../../provider/scripted/random.cjs';
import { report } from './report.mjs';
import { scheduleOf } from './schedule.mjs';
import { settle } from './settle.mjs';
import { setStage } from './stage.mjs';
import { startWorkers } from './workers.mjs';

const LOOK_MS = 100;
/** What is to be closed, the last first. */
const closing = [];
let closed = null;
const closeAll = () =>
  (closed ??= (async () => {
    for (const close of closing.reverse()) await close();
  })());

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
])
  process.once(signal, () => void closeAll().finally(() => process.exit(code)));

// Whatever goes wrong, nothing is left running.
process.once('uncaughtException', (error) => {
  console.error(error);
  void closeAll().finally(() => process.exit(1));
});

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
} finally {
  await closeAll();
}

async function main(options) {
  if (options.help) return void process.stdout.write(HELP);
  const { seed, workers: count } = options;
  const startedAt = performance.now();
  say(`seed ${seed}`);
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-faults-'));
  closing.push(() => options.keep || fs.rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
  const stage = await setStage(home, closing);
  const provider = await startProvider(seed);
  closing.push(provider.stop);
  const stored = await storeConnections(stage, provider, options.connections);
  const workers = startWorkers(count, home, stage.environment);
  closing.push(workers.stop);
  const progress = followProgress(provider, closing);
  const { granted } = progress;
  const nemesis = startNemesis({
    schedule: scheduleOf(options),
    granted,
    workers,
    provider,
    random: seeded(seed),
    ...stage,
  });
  const done = await progress.reached(options);
  if (options.longFreeze) await nemesis.longest();
  await nemesis.stop();
  const restless = await settle(stage);
  await workers.stop();
  const figures = check(await gatherEvidence({ stage, provider, workers, nemesis, ...stored }));
  if (done < options.refreshes) figures.violations.push({ what: `only ${done} refreshes in the time there is` });
  if (restless > 0) figures.violations.push({ what: `${restless} connections did not come to rest` });
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const result = {
    seed,
    refreshes: (await provider.ask('state')).granted,
    seconds,
    struck: nemesis.struck,
    outages: nemesis.outages,
    figures,
  };
  if (options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else process.stdout.write(report({ ...result, processes: workers.lives.length }));
  if (options.keep) say(`logs are in ${home}`);
  if (figures.violations.length > 0) process.exitCode = 1;
}

/** How many refreshes the provider has granted by now. */
function followProgress(provider, closing) {
  let latest = 0;
  const timer = setInterval(() => {
    provider.ask('state').then(
      ({ granted }) => (latest = granted),
      () => undefined, // it has ended
    );
  }, LOOK_MS);
  closing.push(() => clearInterval(timer));
  const reached = async ({ refreshes, limitMs }) => {
    const deadline = performance.now() + limitMs;
    while (latest < refreshes && performance.now() < deadline) await delay(LOOK_MS);
    return latest;
  };
  return { granted: () => latest, reached };
}

/** On standard error: standard output is for the result. */
function say(text) {
  process.stderr.write(`${text}\n`);
}
