/** What is stored belongs to this connection's consent. */
export function checkOwners({ connection, accuse }) {
  const { consent, refreshConsent, accessConsent } = connection;
  if (refreshConsent !== consent) accuse('holds a refresh token of another consent', { refreshConsent });
  if (accessConsent !== consent) accuse('holds an access token of another consent', { accessConsent });
}

/** Generations, token sets, attempts and events tell one story. */
export function checkBooks({ connection, own, accuse }) {
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
}
