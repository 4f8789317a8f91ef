import { setTimeout as delay } from 'node:timers/promises';
import { fromBroker } from '../../bench/from-broker.mjs';
import { persistently } from './stage.mjs';

const { connectSession } = fromBroker('./dist/db/database');
const OURS = `application_name = 'otobot otobot_refresh' and datname = current_database()`;

/** Plays the schedule; `stop` undoes what lasts (thaws, clears the weather). Returns how often each fault struck. */
export function startNemesis({ schedule, workers, provider, server, database, random }) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const struck = {};
  const lasting = new Set();
  const outages = [];
  let weatherUntil = 0;

  /** Something that has to be undone after some time, or at the end. */
  const during = (forMs, undo) => {
    const ended = delay(forMs, undefined, { signal }).catch(() => undefined);
    const whole = Object.assign(
      ended.then(undo).finally(() => lasting.delete(whole)),
      { long: forMs > 60_000 },
    );
    lasting.add(whole);
  };

  /** PostgreSQL has been killed: how long until it takes connections again? What is left of the old one may live for a moment. */
  const away = () => {
    const outage = { from: Date.now(), to: null };
    outages.push(outage);
    const back = delay(100)
      .then(() => persistently(async () => (await connectSession(server.url, null)).end()))
      .then(() => (outage.to = Date.now()));
    const whole = back.finally(() => lasting.delete(whole));
    lasting.add(whole);
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
      away();
      return true;
    },
    // PostgreSQL then takes all its backends down and recovers.
    'crash-backend': async () => {
      const rows = await database.query({ text: `select pid from pg_stat_activity where ${OURS} order by pid` });
      if (rows.length === 0) return false;
      process.kill(rows[Math.floor(random() * rows.length)].pid, 'SIGKILL');
      away();
      return true;
    },
    weather: async ({ kind, forMs }) => {
      await provider.weather(kind);
      weatherUntil = Date.now() + forMs;
      during(forMs, () => (Date.now() >= weatherUntil - 5 || signal.aborted) && provider.weather(null));
      return true;
    },
  };

  const play = async () => {
    const startedAt = performance.now();
    for (const step of schedule) {
      await delay(Math.max(0, step.atMs - (performance.now() - startedAt)), undefined, { signal });
      const name = step.kind === undefined ? step.fault : `${step.fault} ${step.kind}`;
      // One that meets a dead server or worker strikes nothing.
      const hit = await Promise.resolve(faults[step.fault](step)).catch(() => false);
      if (hit) struck[name] = (struck[name] ?? 0) + 1;
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
      await Promise.all(lasting);
      await provider.weather(null);
    },
  };
}
