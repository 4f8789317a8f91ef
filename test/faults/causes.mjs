/** Answers that were committed within this time of their arrival were not waiting for the database. */
const COMMITTED_WITHIN_MS = 250;
/** Faults of the provider after which nobody can know what it did. */
const CUTS = ['process-then-reset', 'process-then-hang', 'process-then-gateway', 'reset'];
const LEASE_MS = 60_000;
/** From the signal to the moment in which a process really stands still or is gone, and for clocks in milliseconds. */
const SLACK_MS = 100;

/** Why the answer to a call was not stored by its attempt: what the nemesis had done to it. 'unexplained' is a fault of ours. */
export function causesOf({ lives, outages }) {
  const byNumber = new Map(lives.flatMap((life) => life.numbers.map((number) => [number, life])));

  return function causeOf(call, { workerNumber, startedAt }) {
    if (CUTS.includes(call.fault)) return 'the provider cut its answer off';
    const life = byNumber.get(workerNumber);
    if (life === undefined) return 'unexplained';
    const endsBy = startedAt + LEASE_MS;
    if (life.frozen.some(({ from, to }) => from < endsBy && to > startedAt - SLACK_MS)) return 'worker frozen';
    if (life.killedAt !== null && life.killedAt < endsBy) {
      const waited = call.answeredAt !== null && life.killedAt - call.answeredAt > COMMITTED_WITHIN_MS;
      return waited ? 'worker killed with the answer in its memory' : 'worker killed';
    }
    const sessionCut = life.numbers.at(-1) !== workerNumber;
    if (sessionCut || outages.some(({ from }) => from > startedAt - SLACK_MS && from < endsBy)) return 'session cut';
    return 'unexplained';
  };
}
