// kill -9 of brokers and of PostgreSQL under load: every answer with a secret has its audit row, and serving goes on.
import { setTimeout as delay } from 'node:timers/promises';
import { fromBroker } from '../../../bench/from-broker.mjs';
import { between, seeded } from '../../../provider/scripted/random.cjs';
import { persistently, setStage } from '../stage.mjs';
import { startBrokers } from './brokers.mjs';
import { compareWithAudit } from './books.cjs';
import { startReaders } from './readers.mjs';
import { listReleases } from './released.mjs';
import { reportOfKills } from './report.mjs';
import { picker, storeSubjects } from './subjects.mjs';
import { createWatch } from './watch.mjs';

const { connectSession } = fromBroker('./dist/db/database');

const PROCESSES = 4;
const READERS = 32;
const SUBJECTS = { organizations: 3, clients: 10, keys: 4 };
/** Between two kills, so that each strikes a system that is at work. */
const CALM_MS = [50, 400];
/** In so many of the cases a broker dies while PostgreSQL is away. */
const BOTH = 0.2;
/** After PostgreSQL has come back; and after a process has been killed, which has to start first, on whatever machine this is. */
const AGAIN_WITHIN_MS = { database: 5_000, broker: 20_000 };
/** A reader may meet a process that starts, a database that hangs for a moment, and the 2 s of the audit. */
const LONGEST_ANSWER_MS = 10_000;
const EXPECTED = /^(503 (audit_unavailable|database_unavailable)|connection lost)/;
const AUDITORS = `select pid from pg_stat_activity where application_name like 'otobot otobot_%' and datname = current_database() order by pid`;

export async function killsStorm({ home, closing, say, seed, kills }) {
  const random = seeded(seed);
  const stage = await setStage(home, closing);
  const subjects = await storeSubjects(stage, SUBJECTS);
  const brokers = await startBrokers(PROCESSES, home, () => stage.environment);
  closing.push(brokers.stop);
  const watch = createWatch(PROCESSES);
  const readers = startReaders({
    count: READERS,
    pick: picker(subjects, brokers.ports, random),
    onAnswer: (answer) => {
      if (answer.status === 200) brokers.served(answer.asked.broker, answer.sentAt);
      watch.note(answer);
    },
  });
  closing.push(readers.stop);
  await watch.servedByAll(performance.now());

  const times = { broker: [], database: [], databaseAway: [] };
  for (let n = 0; n < kills; n++) {
    say(`kills: ${n + 1} of ${kills}`);
    await delay(between(random, ...CALM_MS));
    times.broker.push(await killBroker(brokers, watch, n % PROCESSES));
    await delay(between(random, ...CALM_MS));
    const struck = await killPostgres(stage, n % 2 === 0 ? 'server' : 'backend', random);
    const also = random() < BOTH ? Math.floor(random() * PROCESSES) : null;
    const restarted = also === null ? null : killBroker(brokers, watch, also);
    const backAt = await answersAgain(stage);
    times.databaseAway.push(backAt - struck);
    times.database.push(await watch.servedByAll(backAt, also));
    if (restarted !== null) times.broker.push(await restarted);
  }
  await readers.stop();
  await brokers.stop();
  const comparison = compareWithAudit(watch.released, await listReleases(stage));
  const figures = { kills, processes: brokers.lives(), refused: watch.refused, times, ...comparison };
  figures.longestMs = watch.longestMs();
  figures.violations.push(...judge({ subjects, watch, brokers, times }));
  return { figures, text: reportOfKills(figures) };
}

/** Milliseconds from the kill until the next life of this process has answered. */
async function killBroker(brokers, watch, index) {
  brokers.kill(index);
  return watch.servedBy(index, performance.now());
}

async function killPostgres({ server, database }, whom, random) {
  const backends = whom === 'backend' ? await persistently(() => database.query({ text: AUDITORS })) : [];
  // A backend that is killed takes all others down with it, and the server recovers by itself.
  process.kill(backends[Math.floor(random() * backends.length)]?.pid ?? server.pid, 'SIGKILL');
  return performance.now();
}

async function answersAgain({ server }) {
  await delay(50);
  await persistently(async () => (await connectSession(server.url, null)).end());
  return performance.now();
}

function judge({ subjects, watch, brokers, times }) {
  const tokens = new Map(subjects.flatMap(({ connections }) => connections).map(({ id, tokens }) => [id, tokens]));
  const wrong = watch.released
    .filter(({ whole, connectionId, generation, accessToken }) => {
      return whole && tokens.get(connectionId)?.get(generation) !== accessToken;
    })
    .map(({ requestId }) => ({ what: 'a token of somebody else', id: requestId }));
  const late = Object.entries(AGAIN_WITHIN_MS).flatMap(([whose, within]) => times[whose].filter((ms) => ms > within));
  const unexpected = Object.keys(watch.refused).filter((kind) => !EXPECTED.test(kind));
  return [
    ...wrong,
    ...late.map((ms) => ({ what: 'serving again took too long', ms: Math.round(ms) })),
    ...unexpected.map((kind) => ({ what: `refused with ${kind}`, count: watch.refused[kind] })),
    ...brokers.died().map((how) => ({ what: 'a process ended by itself', ...how })),
    ...(watch.longestMs() > LONGEST_ANSWER_MS ? [{ what: 'somebody waited', ms: Math.round(watch.longestMs()) }] : []),
  ];
}
