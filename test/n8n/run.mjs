// Packs the package, puts it into a real n8n and runs real workflows against a real broker: `npm run test:n8n`.
// `--only request,trigger` runs these groups alone; `--keep` leaves n8n and the broker running for a look.
import { parseArgs } from 'node:util';

import { loadGroups, prepare, selected } from './groups.mjs';
import { openStage } from './stage.mjs';
import { sweep } from './sweep.mjs';

const startedAt = Date.now();
const say = (line) => console.log(`[${((Date.now() - startedAt) / 1000).toFixed(0).padStart(3)} s] ${line}`);
const cleanups = [];

const interrupted = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => resolve(signal));
});
void interrupted.then((signal) => cleanUp().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143)));

try {
  const { values: options } = parseArgs({ options: { only: { type: 'string' }, keep: { type: 'boolean' } } });
  const groups = selected(await loadGroups(), options.only?.split(',') ?? null);
  const failed = await main(groups, options.keep === true);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}

async function main(groups, isKept) {
  const stage = await openStage({ say, onEnd: (undo) => cleanups.push(undo) });
  const prepared = await prepare(groups, stage);
  await stage.n8n.importCredentials(prepared.flatMap(({ facts }) => facts.credentials ?? []));
  await stage.n8n.importWorkflows(prepared.flatMap(({ facts }) => facts.workflows ?? []));
  say('starting n8n');
  await stage.n8n.start();

  const counts = { passed: 0, failed: 0 };
  for (const { group, facts, error } of prepared) {
    console.log(`\n${group.name}`);
    await check(counts, await guaranteesOf(group, { ...stage, ...facts }, error));
  }
  console.log('\nsecrecy');
  await check(counts, await guaranteesOf(sweep, stage));
  console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
  if (isKept) await keep(stage);
  return counts.failed;
}

/** The guarantees of a group, ready to be checked. Where its own run fails, that is the one that does not hold. */
async function guaranteesOf(group, stage, error) {
  try {
    if (error) throw error;
    const seen = { ...stage, ...(await group.act?.(stage)) };
    return group.guarantees.map(([name, holds]) => [name, () => holds(seen)]);
  } catch (reason) {
    return [['its workflows run', () => Promise.reject(reason)]];
  }
}

async function check(counts, guarantees) {
  for (const [name, holds] of guarantees) {
    try {
      await holds();
      counts.passed += 1;
      say(`ok      ${name}`);
    } catch (error) {
      counts.failed += 1;
      say(`FAILED  ${name}\n${error.stack ?? error.message}`);
    }
  }
}

async function keep({ n8n, broker, internalToken }) {
  console.log(`\nn8n     ${n8n.url}   ${n8n.owner.email} / ${n8n.owner.password}`);
  console.log(`broker  ${broker.url}   internal token ${internalToken}`);
  console.log('Ctrl-C ends both.');
  await interrupted;
}

/** In reverse: the broker before its folder. */
async function cleanUp() {
  for (const undo of cleanups.splice(0).reverse()) {
    await Promise.resolve(undo()).catch((error) => console.error(`warning: ${error.message}`));
  }
}
