// Hostile clients beside honest readers on one real broker; then what is left behind is looked at. See `--help`.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startAttacks } from './attacks.mjs';
import { countReleased, measure } from './measures.mjs';
import { HELP, readOptions } from './options.mjs';
import { startReaders } from './readers.mjs';
import { setStage } from './stage.mjs';
import { readLog, report, violationsOf } from './verdict.mjs';

const MINUTE_MS = 60_000;
/** What is done when the last attacker is gone: answers that nobody reads, bodies that do not end. */
const REST_MS = 3_000;
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
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-hostile-'));
  closing.push(() => options.keep || fs.rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
  const stage = await setStage(home, closing);
  const readers = startReaders(stage);
  closing.push(readers.stop);
  const attacks = startAttacks(stage);
  closing.push(attacks.stop);

  const time = options.minutes * MINUTE_MS;
  // The first half fills caches, pools and the heap: from then on nothing may grow any more.
  await delay(time / 2);
  const before = await measure(stage);
  await delay(time / 2);
  await attacks.stop();
  await delay(REST_MS);
  await readers.stop();
  const after = await measure(stage);
  const released = await countReleased(stage, stage.reader.id);
  const ended = await stage.stop();

  const seen = { ...{ before, after, released, ended }, minutes: options.minutes, readers: readers.figures };
  const whole = { ...seen, attacks: attacks.done, lines: readLog(stage.log) };
  const violations = violationsOf(whole);
  if (options.json) process.stdout.write(`${JSON.stringify({ ...whole, violations }, null, 2)}\n`);
  else process.stdout.write(report({ ...whole, violations }));
  if (options.keep) process.stderr.write(`the log is in ${home}\n`);
  if (violations.length > 0) process.exitCode = 1;
}
