import { setTimeout as delay } from 'node:timers/promises';
import { startProcess } from './child.mjs';
import { median } from './statistics.mjs';

const APPS = 50;
const FEW = 1_000;
const STUCK = 50_000;
const CHUNK = 10_000;
const MOST = 1.5;
const REFRESHED = 40_000;

/** What it costs to find the next 100 due connections among a thousand and among a million, and whether a worker's memory stays flat. */
export async function measureClaims({ installation, place, connections = 1_000_000, say }) {
  const provider = await startProcess('provider', null, place);
  const { tokenUrl } = provider.ready;
  await installation.ask('storeMillionApps', { apps: APPS, tokenUrl });
  await installation.ask('addConnections', { connections: FEW });
  const rows = [await row(installation, FEW, 'analyzed')];
  for (let stored = FEW; stored < connections; stored += CHUNK) {
    say(`claims: ${stored.toLocaleString('en')} of ${connections.toLocaleString('en')} connections are stored`);
    await installation.ask('addConnections', { connections: Math.min(CHUNK, connections - stored) });
  }
  rows.push(await row(installation, connections, 'as filled'), await row(installation, connections, 'analyzed'));
  say(`claims: one suspended and one hanging app, ${STUCK.toLocaleString('en')} due connections each`);
  await installation.ask('addStuckApps', { connections: STUCK });
  const all = connections + 2 * STUCK;
  rows.push(await row(installation, all, 'stuck apps'), await row(installation, all, 'stuck, analyzed'));
  const periodic = await installation.ask('explainPeriodic');
  say('claims: refreshing');
  const memory = await refreshSome({ installation, provider, place, count: Math.min(REFRESHED, connections / 20) });
  rows.push(await row(installation, all, 'after refreshes'));
  await provider.stop();
  return {
    apps: APPS,
    rows: rows.map((each) => ({ ...each, ratio: each.buffers / rows[0].buffers })),
    periodic,
    memory,
  };
}

async function row(installation, connections, state) {
  if (state.includes('analyzed')) await installation.ask('analyze');
  return { connections, state, ...(await installation.ask('explainClaims')) };
}

/** Throws where a claim read rows to throw them away, sorted, or touched more than half as many buffers again as with a thousand. */
export function judgeClaims({ rows }) {
  for (const { connections, state, nodes, removed, ratio } of rows) {
    const where = `${connections} connections, ${state}`;
    if (removed > 0 || !nodes.includes('Index Scan') || nodes.some((node) => /Sort|Bitmap|Seq/.test(node)))
      throw new Error(
        `${where}: what is due is not simply read from the index: ${nodes.join(', ')}, ${removed} rows for nothing`,
      );
    if (ratio > MOST) throw new Error(`${where}: ${ratio.toFixed(2)} times the buffers of ${rows[0].connections}`);
  }
}

/** Megabytes that a worker holds while it refreshes, early and late. */
async function refreshSome({ installation, provider, place, count }) {
  await provider.ask('begin', { latencyMs: 0 });
  const { environment } = installation.ready;
  const refresher = await startProcess('refresher', { environment, dataDir: place.home }, place);
  await refresher.ask('start');
  const megabytes = [];
  let ended = false;
  const received = provider.ask('received', count).then(() => (ended = true));
  while (!ended) {
    await Promise.race([delay(500), received]);
    megabytes.push((await refresher.ask('usage')).rssBytes / 2 ** 20);
  }
  await refresher.ask('stop');
  await refresher.stop();
  const quarter = Math.ceil(megabytes.length / 4);
  const first = Math.floor(megabytes.length / 4); // after what every process needs to begin with
  const [early, late] = [megabytes.slice(first, first + quarter), megabytes.slice(-quarter)].map(median);
  return { refreshed: count, early, late, most: Math.max(...megabytes) };
}
