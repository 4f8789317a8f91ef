import type { RefreshState } from '../../src/types/refresh-state';
import type { NextState, Outcome, RefreshFacts } from '../../src/services/refresh/state';
import { transition } from '../../src/services/refresh/transition';

const now = new Date('2030-01-01T12:00:00Z');
const inSeconds = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000);
const secondsUntil = (moment: Date | null): number => ((moment?.getTime() ?? NaN) - now.getTime()) / 1_000;

const ACTIVE: RefreshState = {
  status: 'active',
  statusReason: null,
  failureCount: 0,
  failingSince: null,
  uncertainSince: null,
  permanentCode: null,
  lastErrorCode: null,
  expiresAt: inSeconds(900),
};
const DEAD: RefreshState = { ...ACTIVE, expiresAt: inSeconds(-1) };
const FACTS: RefreshFacts = {
  now,
  random: 0.5,
  attemptStartedAt: inSeconds(-1),
  previousAttemptAt: null,
  readerWaits: false,
  hostIsOut: false,
  kind: 'oauth2',
  rotation: 'strict',
  graceSeconds: null,
  refreshAheadSeconds: null,
  consentEndsAt: null,
};
const granted: Outcome = { class: 'granted', expiresAt: inSeconds(3_600), lifetimeSeconds: 3_600, movingEndAt: null };
const permanent: Outcome = { class: 'permanent', code: 'invalid_grant', retryAfterMs: null };
const transient: Outcome = { class: 'transient', code: 'http_503', retryAfterMs: null };
const uncertain: Outcome = { class: 'uncertain', code: 'timeout', retryAfterMs: null };
const unknown: Outcome = { class: 'unknown', code: 'weird', retryAfterMs: null };

const after = (outcome: Outcome, state: Partial<RefreshState> = {}, facts: Partial<RefreshFacts> = {}): NextState =>
  transition({ ...ACTIVE, ...state }, outcome, { ...FACTS, ...facts });
/** Applies outcomes one after the other, each at the moment its predecessor asked for. */
const stateOf = (next: NextState, { expiresAt }: RefreshState = ACTIVE): RefreshState => ({ ...next, expiresAt });

describe('granted', () => {
  test('settles everything', () => {
    const next = after(granted, {
      status: 'uncertain',
      failureCount: 4,
      uncertainSince: now,
      permanentCode: 'x',
      failingSince: now,
    });
    expect(next).toMatchObject({
      status: 'active',
      failureCount: 0,
      uncertainSince: null,
      permanentCode: null,
      failingSince: null,
    });
    expect(next.events).toEqual(['connection.refreshed', 'connection.recovered']);
  });
});

describe('permanent', () => {
  test('is confirmed once: after 5 minutes while the token lives, after 10 seconds when not, readers or not', () => {
    expect(after(permanent)).toMatchObject({
      status: 'backoff',
      nextRefreshAt: inSeconds(300),
      notBeforeAt: inSeconds(300),
    });
    expect(after(permanent, DEAD)).toMatchObject({
      status: 'backoff',
      nextRefreshAt: inSeconds(10),
      notBeforeAt: inSeconds(10),
    });
  });
  test.each([
    [120, 120],
    [3, 10],
  ])('is confirmed at the end of a token that dies in %i s, and no sooner than after 10 s', (expiresIn, seconds) => {
    expect(after(permanent, { expiresAt: inSeconds(expiresIn) })).toMatchObject({
      nextRefreshAt: inSeconds(seconds),
      notBeforeAt: inSeconds(seconds),
    });
  });
  test('confirmed, needs the client, and is told once', () => {
    const twice = transition(stateOf(after(permanent)), permanent, FACTS);
    expect(twice).toMatchObject({ status: 'reauth_required', statusReason: 'revoked', nextRefreshAt: null });
    expect(twice.events).toEqual(['connection.reauth_required']);
    expect(transition(stateOf(twice), permanent, FACTS).events).toEqual([]);
  });
  test('an outage in between does not confirm it, and does not forget it', () => {
    const between = transition(stateOf(after(permanent)), transient, FACTS);
    expect(between.status).toBe('backoff');
    expect(transition(stateOf(between), permanent, FACTS).status).toBe('reauth_required');
  });
  test('is confirmed within the grace in which an attempt of unknown end leaves the token usable, where five minutes would be too late', () => {
    const facts = { rotation: 'grace', graceSeconds: 120 } as const;
    const uncertainSince = inSeconds(-3);
    expect(after(permanent, { status: 'uncertain', uncertainSince }, facts).nextRefreshAt).toEqual(inSeconds(10));
    const long = { ...facts, graceSeconds: 1_800 };
    expect(after(permanent, { status: 'uncertain', uncertainSince }, long).nextRefreshAt).toEqual(inSeconds(300));
  });
  test('says so when the consent had come to its known end', () => {
    expect(after(permanent, { permanentCode: 'invalid_grant' }, { consentEndsAt: inSeconds(-5) }).statusReason).toBe(
      'consent_ended',
    );
  });
});

describe('uncertain', () => {
  test('rotation none: retried soon, though not before 2 s', () => {
    const next = after(uncertain, {}, { rotation: 'none', random: 0 });
    expect(next).toMatchObject({
      status: 'uncertain',
      nextRefreshAt: inSeconds(2),
      uncertainSince: FACTS.attemptStartedAt,
    });
  });
  test('grace: retried while 0.8 of it has not passed, and within it', () => {
    const facts = { rotation: 'grace', graceSeconds: 30 } as const;
    const next = after(uncertain, { failureCount: 8 }, { ...facts, random: 0.9 });
    expect(secondsUntil(next.nextRefreshAt)).toBe(2);
    const late = { ...facts, attemptStartedAt: inSeconds(-25) };
    expect(secondsUntil(after(uncertain, {}, late).nextRefreshAt)).toBe(840);
  });
  test('strict: the live token goes on serving, the one retry comes near its end, also when readers wait', () => {
    expect(after(uncertain)).toMatchObject({
      status: 'uncertain',
      nextRefreshAt: inSeconds(840),
      notBeforeAt: inSeconds(840),
    });
  });
  test('strict with a dead token: nothing to lose, retried soon', () => {
    const next = after(uncertain, DEAD, { random: 0 });
    expect(next.nextRefreshAt).toEqual(inSeconds(2));
  });
  test('a refusal afterwards means that the rotated token is lost, unless nothing rotates', () => {
    const state = stateOf(after(uncertain));
    expect(transition(state, permanent, FACTS)).toMatchObject({
      status: 'reauth_required',
      statusReason: 'lost_rotation',
    });
    expect(transition(state, permanent, { ...FACTS, rotation: 'none' }).status).toBe('uncertain');
    expect(transition(state, permanent, { ...FACTS, kind: 'client_credentials' }).status).toBe('uncertain');
  });
  test('a second attempt of unknown end does not begin the grace anew', () => {
    const first = stateOf(after(uncertain));
    const second = transition(first, uncertain, { ...FACTS, attemptStartedAt: inSeconds(300) });
    expect(first.uncertainSince).not.toBeNull();
    expect(second.uncertainSince).toEqual(first.uncertainSince);
  });
  test('a refusal while the answer may still come in ends nothing; the one after that does', () => {
    const awaited = { class: 'awaited', code: 'invalid_grant', until: inSeconds(600) } as const;
    const waiting = transition(stateOf(after(uncertain)), awaited, FACTS);
    expect(waiting).toMatchObject({
      ...{ status: 'uncertain', permanentCode: 'invalid_grant', events: [] },
      ...{ nextRefreshAt: inSeconds(600), notBeforeAt: inSeconds(600) },
    });
    expect(transition(stateOf(waiting), permanent, FACTS)).toMatchObject({ statusReason: 'lost_rotation' });
  });
  test('an outage afterwards ends nothing, however long', () => {
    let state = stateOf(after(uncertain));
    for (let n = 0; n < 50; n += 1) state = stateOf(transition(state, n % 2 === 0 ? uncertain : transient, FACTS));
    expect(state.status).toBe('uncertain');
  });
});

describe('what time heals', () => {
  test('backs off with full jitter up to 15 minutes while the token lives, an hour when not', () => {
    expect(after(transient, {}, { random: 0.5 }).nextRefreshAt).toEqual(inSeconds(5));
    expect(after(transient, { failureCount: 3 }, { random: 0.5 }).nextRefreshAt).toEqual(inSeconds(40));
    expect(after(transient, { failureCount: 30 }, { random: 0.5 }).nextRefreshAt).toEqual(inSeconds(450));
    expect(after(transient, { ...DEAD, failureCount: 30 }, { random: 0.5 }).nextRefreshAt).toEqual(inSeconds(1_800));
  });
  test('a provider that asks for a pause gets it, for an hour at most, also from readers', () => {
    const next = after({ ...transient, retryAfterMs: 120_000 });
    expect(next).toMatchObject({ nextRefreshAt: inSeconds(120), notBeforeAt: inSeconds(120) });
    expect(after({ ...transient, retryAfterMs: 1e12 }).nextRefreshAt).toEqual(inSeconds(3_600));
  });
  test('for a waiting reader the first failure is retried within 2 s', () => {
    expect(after(transient, {}, { readerWaits: true, random: 0.999 }).nextRefreshAt).toEqual(inSeconds(1.998));
  });
  test('an unknown code is told of once it has lasted 24 hours, and ends nothing', () => {
    const since = { failingSince: inSeconds(-86_401), failureCount: 9, status: 'backoff' as const };
    expect(after(unknown, since, { previousAttemptAt: inSeconds(-600) }).events).toEqual(['connection.refresh_failed']);
    expect(after(unknown, since, { previousAttemptAt: inSeconds(-0.5) })).toMatchObject({
      events: [],
      status: 'backoff',
    });
  });
});

test('what the app is to blame for leaves the connection as it is', () => {
  const { app, ...next } = after({ class: 'app', code: 'invalid_client', retryAfterMs: null });
  expect({ ...next, expiresAt: ACTIVE.expiresAt }).toEqual({
    ...ACTIVE,
    nextRefreshAt: now,
    notBeforeAt: null,
    events: [],
  });
  expect(app).toBe('fails');
});

test('what does not open is told of once, and never blamed on the client', () => {
  const next = after({ class: 'unusable', code: 'integrity' });
  expect(next).toMatchObject({ status: 'backoff', statusReason: 'integrity', events: ['connection.integrity'] });
  expect(transition(stateOf(next), { class: 'unusable', code: 'integrity' }, FACTS).events).toEqual([]);
});

describe('a long-lived token', () => {
  test('that still works settles everything and is asked after again about a day later', () => {
    const failing = { status: 'backoff', permanentCode: 'http_401', failureCount: 2, failingSince: now } as const;
    const next = after({ class: 'alive' }, failing, { kind: 'long_lived' });
    expect(next).toMatchObject({ status: 'active', permanentCode: null, failureCount: 0, app: null });
    expect(next.events).toEqual(['connection.recovered']);
    expect(secondsUntil(next.nextRefreshAt)).toBe(0.95 * 86_400);
    expect(after({ class: 'alive' }).events).toEqual([]);
  });

  test('that is too young changes nothing, and no reader hurries it', () => {
    const next = after({ class: 'early', code: 'token_too_young', until: inSeconds(7_200) }, { failureCount: 1 });
    expect(next).toMatchObject({ status: 'active', failureCount: 1, events: [], app: null });
    expect([next.nextRefreshAt, next.notBeforeAt]).toEqual([inSeconds(7_200), inSeconds(7_200)]);
  });

  test('that has expired ends the connection at once, saying so, and says nothing about its app', () => {
    const next = after({ class: 'expired', code: 'token_expired' }, DEAD, { kind: 'long_lived' });
    expect(next).toMatchObject({ status: 'reauth_required', statusReason: 'expired', nextRefreshAt: null, app: null });
    expect(next.events).toEqual(['connection.reauth_required']);
  });

  test('is not used up by an exchange of unknown end, whatever the service says of refresh tokens', () => {
    const next = after(uncertain, {}, { kind: 'long_lived', rotation: 'strict' });
    expect(secondsUntil(next.nextRefreshAt)).toBeLessThan(30);
    const refused = after(permanent, { uncertainSince: now, status: 'uncertain' }, { kind: 'long_lived' });
    expect(refused.status).not.toBe('reauth_required');
  });
});
