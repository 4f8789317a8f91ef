'use strict';
const { checkAudit, checkBooks, checkOwners, checkSpool } = require('./books.cjs');
const { callsOfConnections, grouped } = require('./calls.cjs');
const { causesOf } = require('./causes.cjs');

const FLAGGED_WITHIN_MS = 60_000;
const FROZEN = 'worker frozen';
/**
 * Who is frozen or dead cannot say what it did (what it left on the disk is read in a second or two, as a rule before anybody asks again),
 * and an answer that was cut off says nothing. Nothing else excuses a second call.
 */
const MAY_REPEAT = [FROZEN, 'worker killed', 'it was in a spool', 'the provider cut its answer off'];
/** What may cost a strict provider's token. An answer that is on the disk costs nothing, nor does a database that is away. */
const MAY_LOSE = [FROZEN, 'worker killed', 'the provider cut its answer off'];

/** Compares what a provider did with all that is on record of it. `violations` is what must be empty; see check.d.cts. */
function check(evidence) {
  const { connections, journal, attempts, lives } = evidence;
  const calls = callsOfConnections(evidence);
  const causeOf = causesOf(evidence);
  const books = {
    ...{ told: grouped(evidence.events), sets: grouped(evidence.sets) },
    ...{ attempts: grouped(attempts), audit: grouped(evidence.audit) },
  };
  const figures = {
    spooled: evidence.spool.seen.length,
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
  const accuseAll = (what, facts = {}) => violations.push({ what, ...facts });
  checkSpool({ spool: evidence.spool, accuse: accuseAll });
  checkAudit({ audit: evidence.audit, accuse: accuseAll });

  for (const connection of connections) {
    const { id, mode } = connection;
    const own = Object.fromEntries(Object.entries(books).map(([name, groups]) => [name, groups.get(id) ?? []]));
    const accuse = (what, facts = {}) => violations.push({ what, id, mode, ...facts });
    const count = (table, cause) => (table[`${mode}: ${cause}`] = (table[`${mode}: ${cause}`] ?? 0) + 1);
    const context = {
      outages: evidence.outages,
      connection,
      calls: calls.get(id),
      own,
      causeOf,
      accuse,
      count,
      figures,
    };
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

function checkLoss({ connection, calls, own, causeOf, accuse, count, figures, outages }) {
  const last = calls.filter(({ granted }) => granted).at(-1);
  const cause = last === undefined ? 'unexplained' : causeOf(last, last.attempt);
  count(figures.losses, cause);
  if (connection.mode !== 'strict') accuse('a token is lost', { cause, last });
  if (!MAY_LOSE.includes(cause)) accuse('a token is lost without a crash', { cause, last });
  const { status, reason } = connection;
  if (status !== 'reauth_required' || reason !== 'lost_rotation')
    accuse('a lost token is not told of', { status, reason, cause });
  // From the answer that was lost to the attempt on record as of unknown end, as far as there was a database to record it in.
  const [from, to] = [last?.at ?? 0, last?.attempt.finishedAt ?? Infinity];
  const flaggedAfterMs = to - from - sum(outages.map((outage) => overlap(outage, { from, to })));
  if (cause !== FROZEN) figures.flaggedAfterMs.push(flaggedAfterMs);
  if (cause !== FROZEN && flaggedAfterMs > FLAGGED_WITHIN_MS)
    accuse('a lost token is told of late', { flaggedAfterMs, last });
  if (!own.attempts.some(({ outcome }) => outcome === 'uncertain'))
    accuse('no attempt of unknown end is on record', { cause });
}

/** The token is live: whoever was asked to connect again was asked for nothing, also if that was taken back. */
function checkAlarms({ connection, calls, own, causeOf, accuse, count, figures }) {
  const alarm = own.told.find(({ type }) => type === 'connection.reauth_required');
  if (alarm === undefined) return;
  const before = calls.filter(({ granted, at }) => granted && at <= alarm.at).at(-1);
  const cause = before === undefined ? 'unexplained' : causeOf(before, before.attempt);
  count(figures.alarms, cause);
  accuse('asked to connect again for nothing', { cause, status: connection.status, before, at: alarm.at });
}

const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);
const overlap = (a, b) => Math.max(0, Math.min(a.to ?? Infinity, b.to) - Math.max(a.from, b.from));

module.exports = { check };
