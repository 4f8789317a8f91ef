// Refreshes under faults: is a token lost, asked for twice, or wrongly ended?
import { setTimeout as delay } from 'node:timers/promises';
import { seeded } from '../../provider/scripted/random.cjs';
import { check } from './check/check.cjs';
import { storeConnections } from './connections.mjs';
import { gatherEvidence } from './evidence.mjs';
import { startNemesis } from './nemesis.mjs';
import { startProvider } from './provider.mjs';
import { reportOfRefreshing } from './report.mjs';
import { scheduleOf } from './schedule.mjs';
import { settle } from './settle.mjs';
import { setStage } from './stage.mjs';
import { startWorkers } from './workers.mjs';

const LOOK_MS = 100;

export async function refreshingStorm({ home, closing, ...options }) {
  const { seed, workers: count } = options;
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
  const verdict = check(await gatherEvidence({ stage, provider, workers, nemesis, ...stored }));
  if (done < options.refreshes) verdict.violations.push({ what: `only ${done} refreshes in the time there is` });
  if (restless > 0) verdict.violations.push({ what: `${restless} connections did not come to rest` });
  const { struck, outages } = nemesis;
  const refreshes = (await provider.ask('state')).granted;
  const figures = { refreshes, processes: workers.lives.length, struck, outages, ...verdict };
  return { figures, text: reportOfRefreshing(figures) };
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
