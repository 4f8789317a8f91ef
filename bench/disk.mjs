import { startProcess } from './child.mjs';
import { readAll } from './read-one.mjs';
import { measureRound } from './round.mjs';
import { median, medians } from './statistics.mjs';

const CLIENTS = 200;
const TOKEN_BYTES = 2_048;
const CONNECTIONS = 128;
const ROUNDS = 3;
const DISK_MS = 3;
/** Sessions of the peer with PostgreSQL: as many as the driver's pool has by itself, and as many as there are readers. */
const SESSIONS = [10, CONNECTIONS];
const PEERS = Object.fromEntries(SESSIONS.map((sessions) => [`one INSERT per read, ${sessions} sessions`, sessions]));
const SERVERS = ['Otobot', ...Object.keys(PEERS)];

/** Audited reads beside a server that does nothing but one INSERT for each, both on a disk that takes 3 ms. */
export async function measureDisk({ installation, place, seconds, say }) {
  const stored = await installation.ask('storeReadClients', { count: CLIENTS, tokenBytes: TOKEN_BYTES });
  const asked = { connections: CONNECTIONS, ...stored };
  const { environment } = installation.ready;
  const broker = await startProcess('broker', { environment }, place);
  const answers = await readAll(broker.ready.port, asked);
  const servers = { Otobot: broker };
  for (const [name, sessions] of Object.entries(PEERS))
    servers[name] = await startProcess('insert-per-read', { answers, environment, sessions }, place);
  const load = await startProcess('load', null, place);
  const run = (name, forSeconds) =>
    measureRound({
      servers: [servers[name]],
      database: installation,
      load,
      asked,
      kind: 'full',
      options: { seconds: forSeconds },
    });

  await installation.ask('emulateDisk', { milliseconds: DISK_MS });
  const commit = await installation.ask('measureCommits');
  for (const name of SERVERS) await run(name, Math.min(seconds, 2));
  const rounds = Object.fromEntries(SERVERS.map((name) => [name, []]));
  for (let round = 1; round <= ROUNDS; round++) {
    for (const name of SERVERS) {
      say(`disk: round ${round} of ${ROUNDS}, ${name}`);
      rounds[name].push(await run(name, seconds));
    }
  }
  await installation.ask('emulateDisk', { milliseconds: 0 });
  for (const started of [load, ...Object.values(servers)]) await started.stop();
  const toPeer = (name) => rounds.Otobot.map(({ perSecond }, index) => perSecond / rounds[name][index].perSecond);
  return {
    ...{ clients: CLIENTS, connections: CONNECTIONS, rounds: ROUNDS, seconds, diskMs: DISK_MS, commit },
    rows: SERVERS.map((server) => ({ server, ...medians(rounds[server]) })),
    toPeers: Object.keys(PEERS).map((name) => ({ name, ratios: toPeer(name), median: median(toPeer(name)) })),
  };
}
