/**
 * The database's time, known without asking: each statement that returns otobot_now() corrects it. It rests on the monotonic clock,
 * so a wrong or jumping system clock of this machine never makes a dead token look alive.
 */
export interface DatabaseClock {
  now(): Date;
  observe(databaseNow: Date): void;
}

export function createDatabaseClock(monotonicMs: () => number = () => performance.now()): DatabaseClock {
  let offsetMs = Date.now() - monotonicMs();
  return {
    now: () => new Date(monotonicMs() + offsetMs),
    observe: (databaseNow) => {
      offsetMs = databaseNow.getTime() - monotonicMs();
    },
  };
}
