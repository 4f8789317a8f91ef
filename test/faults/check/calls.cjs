'use strict';

/** Clocks of two processes on one machine, in milliseconds. */
const SLACK_MS = 20;

/**
 * Which attempt each call of the provider belongs to. A call follows its committed intent, so it is the youngest attempt begun by then;
 * of several, one that no other call was of. Calls without one are returned with attempt null: something left without an intent.
 */
function callsOfConnections({ journal, attempts, connections }) {
  const idOf = new Map(connections.map(({ consent, id }) => [consent, id]));
  const attemptsOf = grouped(attempts);
  const calls = new Map(connections.map(({ id }) => [id, []]));
  for (const call of [...journal].sort((a, b) => a.at - b.at)) {
    const id = idOf.get(call.consent);
    const earlier = calls.get(id);
    if (earlier === undefined) continue; // of a consent that is none of these
    const begun = (attemptsOf.get(id) ?? []).filter(({ startedAt }) => startedAt <= call.at + SLACK_MS);
    const free = begun.filter((attempt) => !earlier.some((other) => other.attempt === attempt));
    // The answer of a call that came after the end of its attempt was written cannot be what ended it.
    const open = free.filter(
      ({ finishedAt, outcome }) => outcome === 'uncertain' || finishedAt === null || finishedAt >= call.at - SLACK_MS,
    );
    earlier.push({ ...call, attempt: open.at(-1) ?? free.at(-1) ?? null });
  }
  return calls;
}

function grouped(attempts) {
  const groups = new Map();
  for (const attempt of attempts) {
    const group = groups.get(attempt.connectionId);
    if (group === undefined) groups.set(attempt.connectionId, [attempt]);
    else group.push(attempt);
  }
  return groups;
}

module.exports = { callsOfConnections, grouped };
