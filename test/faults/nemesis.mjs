import { setTimeout as delay } from 'node:timers/promises';
import { fromBroker } from '../../bench/from-broker.mjs';
import { freezeServer } from './postgres.mjs';
import { persistently } from './stage.mjs';

const { connectSession } = fromBroker('./dist/db/database');
const OURS = `application_name = 'otobot otobot_refresh' and datname = current_database()`;

const LOOK_MS = 50;
/** Nothing may be getting on just because of what was done before. */
const IMPATIENT_AFTER_MS = 10_000;

/** Plays the schedule as `granted()` grows; `stop` undoes what lasts (thaws, clears the weather). Returns how often each fault struck. */
export function startNemesis({ schedule, granted, workers, provider, server, database, random }) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const struck = {};
  const lasting = new Set();
  const outages = [];
  let weatherUntil = 0;

  const lasts = (work, long = false) => {
    const whole = Object.assign(
      work.finally(() => lasting.delete(whole)),
      { long },
    );
    lasting.add(whole);
  };
  /** Something that has to be undone after some time, or at the end. */
  const during = (forMs, undo) => {
    const ended = delay(forMs, undefined, { signal }).catch(() => undefined);
    lasts(ended.then(undo), forMs > 60_000);
  };

  /** PostgreSQL is down: how long until it answers again? What is left of a killed one may live for a moment. */
  const away = (afterMs) => {
    const outage = { from: Date.now(), to: null };
    outages.push(outage);
    const back = delay(afterMs).then(() => persistently(async () => (await connectSession(server.url, null)).end()));
    lasts(back.then(() => void (outage.to = Date.now())));
  };
  const freezePostgres = (forMs) => {
    during(forMs, freezeServer(server.pid));
    away(forMs);
  };

  const faults = {
    kill: ({ worker, forMs }) => workers.kill(worker, forMs),
    freeze: ({ worker, forMs }) => {
      const thaw = workers.freeze(worker);
      if (thaw === null) return false;
      during(forMs, thaw);
      return true;
    },
    terminate: async ({ share }) => {
      const cut = `select count(pg_terminate_backend(pid)) from pg_stat_activity where ${OURS} and random() <= $1`;
      await database.query({ text: cut, values: [share] });
      return true;
    },
    'crash-postgres': () => {
      process.kill(server.pid, 'SIGKILL');
      away(100);
      return true;
    },
    // PostgreSQL then takes all its backends down and recovers.
    'crash-backend': async () => {
      const rows = await database.query({ text: `select pid from pg_stat_activity where ${OURS} order by pid` });
      if (rows.length === 0) return false;
      process.kill(rows[Math.floor(random() * rows.length)].pid, 'SIGKILL');
      away(100);
      return true;
    },
    'freeze-postgres': ({ forMs }) => {
      freezePostgres(forMs);
      return true;
    },
    // Answers come in and cannot be committed; then the worker that has them dies.
    'freeze-postgres-and-kill': async ({ worker, forMs, afterMs }) => {
      freezePostgres(forMs);
      await delay(afterMs, undefined, { signal });
      return workers.kill(worker, forMs);
    },
    weather: async ({ kind, forMs }) => {
      await provider.weather(kind);
      weatherUntil = Date.now() + forMs;
      during(forMs, () => (Date.now() >= weatherUntil - 5 || signal.aborted) && provider.weather(null));
      return true;
    },
  };

  /** One that meets a dead server or worker strikes nothing; none keeps the next one waiting. */
  const strike = async (step) => {
    const hit = await Promise.resolve()
      .then(() => faults[step.fault](step))
      .catch(() => false);
    const name = step.kind === undefined ? step.fault : `${step.fault} ${step.kind}`;
    if (hit) struck[name] = (struck[name] ?? 0) + 1;
  };
  const play = async () => {
    for (const step of schedule) {
      const latest = performance.now() + IMPATIENT_AFTER_MS;
      while (granted() < step.at && performance.now() < latest) await delay(LOOK_MS, undefined, { signal });
      lasts(strike(step));
    }
  };
  const playing = play().catch((error) => {
    if (error.name !== 'AbortError') throw error;
  });
  return {
    struck,
    outages,
    /** Resolves when nothing that lasts for longer than a lease is going on. */
    longest: () => Promise.all([...lasting].filter(({ long }) => long)),
    stop: async () => {
      stopping.abort();
      await playing;
      while (lasting.size > 0) await Promise.all(lasting);
      await provider.weather(null);
    },
  };
}
