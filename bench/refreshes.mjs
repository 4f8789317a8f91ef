import { startProcess } from './child.mjs';
import { median, medians } from './statistics.mjs';

const APPS = 50;
const PER_SECOND_OF_ROUND = 600;
const ROUNDS = 3;
const PROVIDERS = { instant: 0, 'answers after 150 ms': 150 };

/** The refresher beside bare simple-oauth2, in turn, against a provider on loopback that answers at once, then one that takes its time. */
export async function measureRefreshes({ installation, place, seconds, profile, say }) {
  const count = PER_SECOND_OF_ROUND * seconds;
  const provider = await startProcess('provider', null, place);
  const { tokenUrl } = provider.ready;
  await installation.ask('storeDueConnections', { apps: APPS, connections: count, tokenUrl });
  const { environment } = installation.ready;
  const execArgv = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const refresher = await startProcess('refresher', { environment, dataDir: place.home }, { ...place, execArgv });
  const bare = await startProcess('simple-oauth2', { apps: APPS, tokenUrl }, place);
  const parts = { installation, provider, refresher, bare, count };

  const results = [];
  for (const [name, latencyMs] of Object.entries(PROVIDERS)) {
    say(`refreshes: ${name}, warming up`);
    const { peak } = await ourRound(parts, latencyMs);
    await bareRound(parts, latencyMs, peak);
    const rounds = [];
    for (let round = 1; round <= ROUNDS; round++) {
      say(`refreshes: ${name}, round ${round} of ${ROUNDS}`);
      const ours = await ourRound(parts, latencyMs);
      rounds.push({ ours, bare: await bareRound(parts, latencyMs, ours.peak) });
    }
    results.push(figures(name, rounds));
  }
  for (const started of [bare, refresher, provider]) await started.stop();
  return { apps: APPS, connections: count, rounds: ROUNDS, providers: results };
}

async function ourRound({ installation, provider, refresher, count }, latencyMs) {
  await provider.ask('begin', { latencyMs });
  const since = await installation.ask('makeDue');
  const [usage, commits] = [await refresher.ask('usage'), await installation.ask('commitsSoFar')];
  const serverBefore = await installation.ask('serverCpu');
  await refresher.ask('start');
  await provider.ask('received', count);
  const { peak } = await refresher.ask('stop');
  const cpu = (await refresher.ask('usage')).cpuMicroseconds - usage.cpuMicroseconds;
  const serverAfter = await installation.ask('serverCpu');
  const committed = (await installation.ask('commitsSoFar')) - commits;
  const { refreshed, otherwise, seconds } = await installation.ask('tallyAttempts', since);
  const calls = await provider.ask('calls');
  if (refreshed !== count || otherwise !== 0 || calls !== count)
    throw new Error(`${count} were due; ${refreshed} refreshed, ${otherwise} ended otherwise, ${calls} calls`);
  const serverMicroseconds = serverBefore === null ? null : (serverAfter - serverBefore) / count;
  const perSecond = count / seconds;
  return { perSecond, cpuMicroseconds: cpu / count, serverMicroseconds, commitsPerRefresh: committed / count, peak };
}

async function bareRound({ provider, bare, count }, latencyMs, concurrency) {
  await provider.ask('begin', { latencyMs });
  const before = await bare.ask('usage');
  const { seconds } = await bare.ask('refresh', { count, concurrency });
  const cpu = (await bare.ask('usage')).cpuMicroseconds - before.cpuMicroseconds;
  return { perSecond: count / seconds, cpuMicroseconds: cpu / count };
}

function figures(provider, rounds) {
  const ratios = rounds.map(({ ours, bare }) => ours.perSecond / bare.perSecond);
  return {
    provider,
    ours: medians(rounds.map(({ ours }) => ours)),
    bare: medians(rounds.map(({ bare }) => bare)),
    toBare: { perSecond: ratios, perSecondMedian: median(ratios) },
  };
}
