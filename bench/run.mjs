// What a read and a refresh cost, beside the bare parts, in one run. See docs/bench.md.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startProcess, stopAll, whatTheySaid } from './child.mjs';
import { judgeClaims, measureClaims } from './claims.mjs';
import { measureDisk } from './disk.mjs';
import { measureMemory } from './memory.mjs';
import { HELP, readOptions } from './options.mjs';
import { measureReads } from './reads.mjs';
import { measureRefreshes } from './refreshes.mjs';
import { report } from './report.mjs';
import { measureProcesses } from './scaling.mjs';
import { measureTiming } from './timing.mjs';
import { measureWorkers } from './workers.mjs';

const MEASURE = {
  ...{ reads: measureReads, refreshes: measureRefreshes, claims: measureClaims, workers: measureWorkers },
  ...{ disk: measureDisk, memory: measureMemory, processes: measureProcesses, timing: measureTiming },
};

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
])
  process.once(signal, () => void stopAll().finally(() => process.exit(code)));

await main().catch(async (error) => {
  for (const said of whatTheySaid()) console.error(said);
  await stopAll();
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(HELP);
  const [loadBefore] = os.loadavg();
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-bench-'));
  const place = { home };
  const installation = await startProcess('installation', { home }, place);
  const figures = { machine: machine({ postgres: installation.ready.postgres, loadBefore }) };
  for (const part of options.parts) figures[part] = await MEASURE[part]({ installation, place, say, ...options });
  await stopAll();
  if (figures.claims) judgeClaims(figures.claims);
  process.stdout.write(options.json ? `${JSON.stringify(figures, null, 2)}\n` : report(figures));
}

function machine({ postgres, loadBefore }) {
  const cores = os.cpus();
  const { node } = process.versions;
  const kind = { cores: cores.length, cpu: cores[0]?.model.trim(), platform: os.platform(), arch: os.arch() };
  return { node, postgres, ...kind, loadBefore };
}

/** Progress, on standard error: standard output is for the figures. */
function say(text) {
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text} …` : `${text}\n`);
}
