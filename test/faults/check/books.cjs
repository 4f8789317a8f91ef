'use strict';

/** What is stored belongs to this connection's consent. */
function checkOwners({ connection, accuse }) {
  const { consent, refreshConsent, accessConsent } = connection;
  if (refreshConsent !== consent) accuse('holds a refresh token of another consent', { refreshConsent });
  if (accessConsent !== consent) accuse('holds an access token of another consent', { accessConsent });
}

/** Generations, token sets, attempts and events tell one story. */
function checkBooks({ connection, own, accuse }) {
  const { generation, leased, status } = connection;
  const count = (rows, test) => rows.filter(test).length;
  const steps = generation - 1;
  const told = count(own.told, ({ type }) => type === 'connection.refreshed');
  if (told !== steps) accuse('events and generations differ', { steps, told });
  const refreshed = count(own.attempts, ({ outcome }) => outcome === 'refreshed');
  // A late answer that was adopted is recorded as the refusal that called for it.
  const adopted = steps - refreshed;
  if (adopted < 0 || adopted > count(own.attempts, ({ outcome }) => outcome === 'permanent'))
    accuse('attempts and generations differ', { steps, refreshed });
  if (count(own.sets, ({ kind, generation: of }) => kind === 'current' && of === generation) !== 1)
    accuse('not exactly one current token set', { sets: own.sets });
  if (count(own.sets, ({ kind }) => kind === 'previous') > 1)
    accuse('more than one previous token set', { sets: own.sets });
  const open = count(own.attempts, ({ outcome }) => outcome === null);
  if (open > 0 || leased) accuse('an attempt was never ended', { open, leased });
  if (status !== 'active' && status !== 'reauth_required') accuse('did not come to rest', { status });
  // What was released was there to be released.
  for (const { generation: released } of own.audit)
    if (released !== null && (released < 1 || released > generation))
      accuse('a generation was released that is not', { released });
}

/** What was on the disk has arrived, and nothing lies there any more. */
function checkSpool({ spool: { left, aside }, accuse }) {
  if (left > 0) accuse('answers lie in a spool', { left });
  if (aside > 0) accuse('answers were set aside', { aside });
}

/** Each process counts what it releases: no row twice, none missing. */
function checkAudit({ audit, accuse }) {
  const processes = new Map();
  for (const { processId, sequence } of audit) {
    const known = processes.get(processId) ?? new Set();
    if (known.has(sequence)) accuse('an audit row is there twice', { processId, sequence });
    processes.set(processId, known.add(sequence));
  }
}

module.exports = { checkOwners, checkBooks, checkSpool, checkAudit };
