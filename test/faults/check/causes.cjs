'use strict';

const LEASE_MS = 60_000;
/** From the signal to the moment in which a process really stands still or is gone, and for clocks in milliseconds. */
const SLACK_MS = 100;
/** Faults of the provider after which nobody can know what it did. */
const CUTS = ['process-then-reset', 'process-then-hang', 'process-then-gateway', 'reset'];

/**
 * Why the answer to a call was not stored by its attempt: what was done to it (lives of workers and outages of PostgreSQL, see
 * Evidence). 'unexplained' is a fault of ours.
 */
function causesOf({ lives, outages, spool }) {
  const byNumber = new Map(lives.flatMap((life) => life.numbers.map((number) => [number, life])));
  const spooled = new Set(spool.seen);

  return function causeOf(call, { id, workerNumber, startedAt }) {
    if (CUTS.includes(call.fault)) return 'the provider cut its answer off';
    // Once it is on the disk nothing that happens to its worker excuses its loss.
    if (spooled.has(id)) return 'it was in a spool';
    const life = byNumber.get(workerNumber);
    if (life === undefined) return 'unexplained';
    const endsBy = startedAt + LEASE_MS;
    if (life.frozen.some(({ from, to }) => from < endsBy && (to ?? Infinity) > startedAt - SLACK_MS))
      return 'worker frozen';
    if (life.killedAt !== null && life.killedAt < endsBy) return 'worker killed';
    const sessionCut = life.numbers.at(-1) !== workerNumber;
    if (sessionCut || outages.some(({ from }) => from > startedAt - SLACK_MS && from < endsBy)) return 'session cut';
    return 'unexplained';
  };
}

module.exports = { causesOf };
