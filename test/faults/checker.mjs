import { checkBooks, checkOwners } from './books.mjs';
import { callsOfConnections } from './calls.mjs';
import { causesOf } from './causes.mjs';

const FLAGGED_WITHIN_MS = 60_000;
const FROZEN = 'worker frozen';
/** Who is frozen or dead cannot say what it did, and an answer that was cut off says nothing. Nothing else excuses a second call. */
const MAY_REPEAT = [
  FROZEN,
  'worker killed',
  'worker killed with the answer in its memory',
  'the provider cut its answer off',
];

/** Compares the provider's journal with the database, the attempts and the outbox. `violations` is what must be empty. */
export function check(evidence) {
  const { connections, journal, attempts, lives } = evidence;
  const calls = callsOfConnections(evidence);
  const causeOf = causesOf(evidence);
  const books = { told: groupedBy(evidence.events), sets: groupedBy(evidence.sets), attempts: groupedBy(attempts) };
  const figures = {
    calls: journal.length,
    attempts: attempts.length,
    twice: {},
    losses: {},
    alarms: {},
    flaggedAfterMs: [],
  };
  const violations = lives
    .filter(({ diedByItself }) => diedByItself)
    .map(({ pid }) => ({ what: 'a worker died by itself', pid }));

  for (const connection of connections) {
    const { id, mode } = connection;
    const own = {
      told: books.told.get(id) ?? [],
      sets: books.sets.get(id) ?? [],
      attempts: books.attempts.get(id) ?? [],
    };
    const accuse = (what, facts = {}) => violations.push({ what, id, mode, ...facts });
    const count = (table, cause) => (table[`${mode}: ${cause}`] = (table[`${mode}: ${cause}`] ?? 0) + 1);
    const context = { connection, calls: calls.get(id), own, causeOf, accuse, count, figures };
    checkRepeats(context);
    if (connection.live) checkAlarms(context);
    else checkLoss(context);
    checkOwners(context);
    checkBooks(context);
  }
  return { violations, ...figures };
}

/** The provider had granted tokens for this generation already. */
function checkRepeats({ calls, causeOf, accuse, count, figures }) {
  const granted = new Map();
  for (const call of calls) {
    if (call.attempt === null) {
      accuse('a call without a committed intent', { at: call.at });
      continue;
    }
    const { generation } = call.attempt;
    const first = granted.get(generation);
    if (first !== undefined) {
      const cause = causeOf(first, first.attempt);
      count(figures.twice, cause);
      if (!MAY_REPEAT.includes(cause)) accuse('asked twice', { cause, first, second: call });
    } else if (call.granted) granted.set(generation, call);
  }
}

function checkLoss({ connection, calls, own, causeOf, accuse, count, figures }) {
  const last = calls.filter(({ granted }) => granted).at(-1);
  const cause = last === undefined ? 'unexplained' : causeOf(last, last.attempt);
  count(figures.losses, cause);
  if (connection.mode !== 'strict') accuse('a token is lost', { cause, last });
  if (cause === 'unexplained' || cause === 'session cut') accuse('a token is lost without a crash', { cause, last });
  const { status, reason } = connection;
  if (status !== 'reauth_required' || reason !== 'lost_rotation')
    accuse('a lost token is not told of', { status, reason, cause });
  // From the answer that was lost to the attempt on record as of unknown end.
  const flaggedAfterMs = (last?.attempt.finishedAt ?? Infinity) - (last?.at ?? 0);
  if (cause !== FROZEN) figures.flaggedAfterMs.push(flaggedAfterMs);
  if (cause !== FROZEN && flaggedAfterMs > FLAGGED_WITHIN_MS)
    accuse('a lost token is told of late', { flaggedAfterMs, last });
  if (!own.attempts.some(({ outcome }) => outcome === 'uncertain'))
    accuse('no attempt of unknown end is on record', { cause });
}

/** The token is live: whoever was asked to connect again was asked for nothing. A frozen worker's answer may come after the question. */
function checkAlarms({ connection, calls, own, causeOf, accuse, count, figures }) {
  const alarm = own.told.find(({ type }) => type === 'connection.reauth_required');
  if (alarm === undefined) return;
  const before = calls.filter(({ granted, at }) => granted && at <= alarm.at).at(-1);
  const cause = before === undefined ? 'unexplained' : causeOf(before, before.attempt);
  count(figures.alarms, cause);
  if (cause !== FROZEN || connection.status !== 'active')
    accuse('asked to connect again for nothing', { cause, status: connection.status });
}

function groupedBy(rows) {
  const groups = new Map();
  for (const row of rows) {
    const group = groups.get(row.connectionId);
    if (group === undefined) groups.set(row.connectionId, [row]);
    else group.push(row);
  }
  return groups;
}
