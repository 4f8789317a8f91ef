// Keys, clients, services, connections, tokens and organizations change under load: nothing is released on facts that were old.
import { setTimeout as delay } from 'node:timers/promises';
import { seeded } from '../../../provider/scripted/random.cjs';
import { setStage } from '../stage.mjs';
import { compareWithAudit } from './books.cjs';
import { startBrokers } from './brokers.mjs';
import { startChangers } from './changers.mjs';
import { startDeafProxy } from './database-proxy.mjs';
import { judgeByClock, judgeHistory } from './history.cjs';
import { startReaders } from './readers.mjs';
import { listReleases } from './released.mjs';
import { reportOfFreshness } from './report.mjs';
import { picker, storeSubjects } from './subjects.mjs';
import { createWatch } from './watch.mjs';
import { blindVersions, installWitness, listImages } from './witness.mjs';

const PROCESSES = 4;
const READERS = 48;
const SUBJECTS = { organizations: 6, clients: 4, keys: 4 };
const LOOK_MS = 100;
/** Slow machines included; what is not done by then is a failure, not a hang. */
const limitMs = (reads) => 120_000 + reads * 8;
/** Sessions that listen are ended so often, beside those that the proxy never lets listen. */
const CUT_EVERY_MS = 300;
/** With the versions blind: so many releases are enough to see whether the checker sees. */
const BLIND_READS = 3_000;

export async function freshnessStorm({ home, closing, say, seed, reads }) {
  const random = seeded(seed);
  const stage = await setStage(home, closing);
  await installWitness(stage);
  const subjects = await storeSubjects(stage, SUBJECTS);
  const proxy = await startDeafProxy(stage.server.url);
  closing.push(proxy.stop);
  // Half of the processes never get to listen, the others are cut off again and again.
  const wayOf = (index) => (index % 2 === 0 ? { DATABASE_URL: proxy.url } : {});
  const brokers = await startBrokers(PROCESSES, home, (index) => ({ ...stage.environment, ...wayOf(index) }));
  closing.push(brokers.stop);
  const scissors = startScissors(stage);
  closing.push(scissors.stop);
  const phase = { stage, subjects, brokers, random, say, closing };

  const storm = await underChange({ ...phase, reads, what: 'freshness' });
  const judged = new Set();
  const verdict = await judge(stage, storm, judged);
  // And the checker: does it find what is wrong, where the condition is taken out?
  await blindVersions(stage);
  const blind = await underChange({ ...phase, reads: BLIND_READS, what: 'freshness taken out' });
  await brokers.stop();
  const found = await judge(stage, blind, judged);

  const violations = [...verdict.violations];
  if (storm.answers.length < reads)
    violations.push({ what: `only ${storm.answers.length} reads in the time there is` });
  if (found.violations.length === 0)
    violations.push({ what: 'the checker found nothing with the freshness condition taken out' });
  const figures = {
    ...{ ...verdict, violations, made: storm.made, refused: storm.refused, longestMs: storm.longestMs },
    ...{ cutByProxy: proxy.cutOff(), cutByServer: scissors.cut() },
    blind: { answers: blind.answers.length, found: tally(found.violations) },
  };
  return { figures, text: reportOfFreshness(figures) };
}

/** So many answers with a secret, from all processes, while everything changes. */
async function underChange({ stage, subjects, brokers: { ports }, random, say, closing, reads, what }) {
  const watch = createWatch(PROCESSES);
  const readers = startReaders({ count: READERS, pick: picker(subjects, ports, random), onAnswer: watch.note });
  closing.push(readers.stop);
  await watch.servedByAll(performance.now());
  const changers = startChangers({ stage, subjects, ports, random });
  closing.push(() => changers.stop().catch(() => undefined));
  const deadline = performance.now() + limitMs(reads);
  for (let told = 0; watch.released.length < reads && performance.now() < deadline; await delay(LOOK_MS)) {
    if (watch.released.length - told < reads / 10) continue;
    told = watch.released.length;
    say(`${what}: ${told} of ${reads}`);
  }
  await changers.stop();
  await readers.stop();
  const { bans, floors, made } = changers;
  return { answers: watch.released, refused: watch.refused, longestMs: watch.longestMs(), bans, floors, made };
}

/** The releases that were not `judged` yet, by the database's own evidence, and their answers by the clock. */
async function judge(stage, { answers, bans, floors }, judged) {
  const rows = await listReleases(
    stage,
    `, decided_in as "decidedIn", extract(epoch from occurred_at)::float8 * 1000 as "occurredAt"`,
  );
  const books = compareWithAudit(answers, rows);
  const releases = rows.filter(({ requestId }) => !judged.has(requestId));
  for (const { requestId } of releases) judged.add(requestId);
  const history = judgeHistory({ images: await listImages(stage), releases });
  const byClock = judgeByClock({ answers, bans, floors });
  const { matched } = books;
  return {
    ...{ ...history, answers: answers.length, matched },
    violations: [...books.violations, ...history.violations, ...byClock],
  };
}

/** Ends the sessions that listen, again and again. */
function startScissors({ database }) {
  let cut = 0;
  const text = `select count(pg_terminate_backend(pid))::int as n from pg_stat_activity where query ilike 'listen %' and datname = current_database()`;
  const timer = setInterval(() => {
    database.query({ text }).then(
      ([{ n }]) => (cut += n),
      () => undefined, // it is looked again soon
    );
  }, CUT_EVERY_MS);
  return { cut: () => cut, stop: () => clearInterval(timer) };
}

function tally(violations) {
  const counts = {};
  for (const { what } of violations) counts[what] = (counts[what] ?? 0) + 1;
  return counts;
}
