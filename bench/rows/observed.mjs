import { setTimeout as delay } from 'node:timers/promises';
import { percentiles } from '../statistics.mjs';

const COMMITS = 200;
const REPORTED_WITHIN_MS = 11_000;

/** Milliseconds of one commit after the other with next to nothing in it: what this machine's disk lets any audited read have at best. */
export async function measureCommits({ database }) {
  const durations = [];
  for (let count = 0; count < COMMITS; count++) {
    const startedAt = performance.now();
    await database.query({ text: `select pg_logical_emit_message(true, 'bench', '')` });
    durations.push(performance.now() - startedAt);
  }
  return percentiles(durations);
}

/** How many reads the audit says were released. */
export async function countReleased({ database }) {
  const text = `select count(*)::int as n from audit where action = 'credential.read' and code = 'released'`;
  return (await database.query({ text }))[0].n;
}

/**
 * How often a credential was looked up because no process remembered it: such a look reads its service, once, and nothing else here does. A
 * backend reports what it did within a second while it is busy, or after ten idle ones: so this waits until nothing is added any more.
 */
export async function countLooks({ database }) {
  const text = `select coalesce(idx_scan, 0)::float8 + coalesce(seq_scan, 0) as looks from pg_stat_user_tables where relname = 'services'`;
  const look = async () => (await database.query({ text }))[0].looks;
  for (let [before, since] = [await look(), performance.now()]; ;) {
    await delay(500);
    const now = await look();
    if (now !== before) [before, since] = [now, performance.now()];
    else if (performance.now() - since > REPORTED_WITHIN_MS) return now;
  }
}

/** Commits take so many milliseconds more from now on, as on a slower disk; see docs/bench.md for what that is and is not. 0: as the disk is. */
export async function emulateDisk({ database }, { milliseconds }) {
  const settings = { commit_delay: milliseconds * 1_000, commit_siblings: milliseconds > 0 ? 0 : 5 };
  for (const [name, value] of Object.entries(settings))
    await database.query({ text: `alter system set ${name} = ${value}` });
  await database.query({ text: 'select pg_reload_conf()' });
}

/** Makes every connection with an app due, and returns the database's time after that, in milliseconds since the epoch. */
export async function makeDue({ database }) {
  await database.query({ text: 'update connections set next_refresh_at = otobot_now() where app_id is not null' });
  return (await database.query({ text: 'select extract(epoch from clock_timestamp())::float8 * 1000 as now' }))[0].now;
}

/**
 * Transactions committed in this database so far. A backend reports its own when it ends, or only after ten idle seconds: so this waits
 * until the refresher has closed its connections.
 */
export async function commitsSoFar({ database }) {
  for (;;) {
    const text = `select count(*)::int as n from pg_stat_activity where application_name = 'otobot otobot_refresh'`;
    if ((await database.query({ text }))[0].n === 0) break;
    await delay(20);
  }
  const text = 'select xact_commit::float8 as commits from pg_stat_database where datname = current_database()';
  return (await database.query({ text }))[0].commits;
}

/** The attempts begun since then: how many ended as refreshed, how many otherwise, and how long they took together. */
export async function tallyAttempts({ database }, since) {
  const text = `select count(*) filter (where outcome = 'refreshed')::int as refreshed,
                       count(*) filter (where outcome is distinct from 'refreshed')::int as otherwise,
                       extract(epoch from max(finished_at) - min(started_at))::float8 as seconds
                  from refresh_attempts where started_at >= to_timestamp($1::float8 / 1000)`;
  return (await database.query({ text, values: [since] }))[0];
}
