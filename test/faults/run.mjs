// Seeded storms over real processes, a real PostgreSQL and a scriptable provider; then a checker after each. See `--help`.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { HELP, readOptions } from './options.mjs';
import { refreshingStorm } from './refreshing.mjs';
import { freshnessStorm } from './serving/freshness.mjs';
import { killsStorm } from './serving/kills.mjs';
import { soak } from './serving/soak.mjs';

const PARTS = { refreshing: refreshingStorm, kills: killsStorm, freshness: freshnessStorm, soak };

/** What is to be closed, the last first. */
const closing = [];
let closed = null;
const closeAll = () =>
  (closed ??= (async () => {
    for (const close of closing.splice(0).reverse()) await close();
  })().finally(() => (closed = null)));

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
  say(`seed ${options.seed}`);
  const results = {};
  for (const part of options.parts) {
    say(part);
    const startedAt = performance.now();
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-faults-'));
    closing.push(
      () => options.keep || fs.rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
    );
    const { figures, text } = await PARTS[part]({ home, closing, say, ...options });
    await closeAll();
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    results[part] = { seed: options.seed, seconds, ...figures };
    if (!options.json) process.stdout.write(`${part}, seed ${options.seed}, ${seconds} s\n${text}\n`);
    if (options.keep) say(`logs are in ${home}`);
    if (figures.violations.length > 0) process.exitCode = 1;
  }
  if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
}

/** On standard error: standard output is for the result. */
function say(text) {
  process.stderr.write(`${text}\n`);
}
