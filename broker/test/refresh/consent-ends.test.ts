import fc from 'fast-check';
import {
  endsAfterRefresh,
  endsOfConsent,
  endsOfImport,
  movingEndOf,
  type ConsentFlags,
  type StatedEnds,
} from '../../src/services/refresh/consent-ends';
import { NO_ENDS, type ConsentEnds } from '../../src/types/consent-ends';

const DAY = 86_400;
const consent = new Date('2030-01-01T12:00:00Z');
const day = (days: number): Date => new Date(consent.getTime() + days * DAY * 1_000);
const silent: StatedEnds = { refreshExpiresInSeconds: null, consentExpiresInSeconds: null };
const flags = (given: Partial<ConsentFlags> = {}): ConsentFlags => ({
  ...{ rotation: 'strict', consentIdleSeconds: null, consentSeconds: null },
  ...given,
});
const stating = (days: number): StatedEnds => ({ ...silent, refreshExpiresInSeconds: days * DAY });
const refreshed = (before: ConsentEnds, onDay: number, service: ConsentFlags, stated = silent, newToken = true) =>
  endsAfterRefresh(before, { sentAt: day(onDay), stated, newToken }, service);

test('of a provider of which nothing is known, nothing is said', () => {
  expect(endsOfConsent(consent, silent, flags())).toEqual(NO_ENDS);
  expect(refreshed(NO_ENDS, 1, flags())).toEqual(NO_ENDS);
});

test('an idle end is moved by each refresh (Xero, Pipedrive, Google)', () => {
  const google = flags({ rotation: 'none', consentIdleSeconds: 180 * DAY });
  const given = endsOfConsent(consent, silent, google);
  expect(given).toEqual({ ...NO_ENDS, idleExpiresAt: day(180) });
  expect(refreshed(given, 30, google, silent, false)).toEqual({ ...NO_ENDS, idleExpiresAt: day(210) });
});

test('an end counted from the consent stays where it is (LinkedIn, NetSuite, Spotify, Atlassian)', () => {
  const atlassian = flags({ rotation: 'grace', consentIdleSeconds: 90 * DAY, consentSeconds: 365 * DAY });
  const given = endsOfConsent(consent, silent, atlassian);
  expect(given).toEqual({ ...NO_ENDS, idleExpiresAt: day(90), absoluteExpiresAt: day(365) });
  expect(refreshed(given, 300, atlassian)).toEqual({
    ...NO_ENDS,
    idleExpiresAt: day(390),
    absoluteExpiresAt: day(365),
  });
});

test('what is stated of a refresh token outweighs what is known of its kind, and moves with the next one (QuickBooks)', () => {
  const quickbooks = flags({ rotation: 'grace', consentIdleSeconds: 100 * DAY, consentSeconds: 1_825 * DAY });
  const given = endsOfConsent(consent, stating(101), quickbooks);
  expect(given).toEqual({ refreshExpiresAt: day(101), idleExpiresAt: null, absoluteExpiresAt: day(1_825) });
  expect(refreshed(given, 1, quickbooks, stating(101)).refreshExpiresAt).toEqual(day(102));
});

test('a stated end of the whole consent outweighs the one that is known of the provider', () => {
  const stated = { ...stating(101), consentExpiresInSeconds: 1_000 * DAY };
  const service = flags({ consentSeconds: 1_825 * DAY });
  expect(endsOfConsent(consent, stated, service).absoluteExpiresAt).toEqual(day(1_000));
  expect(refreshed(endsOfConsent(consent, silent, service), 1, service, stated).absoluteExpiresAt).toEqual(day(1_001));
});

test('a refresh token that is never replaced ends with its consent (LinkedIn; Google while "Testing")', () => {
  const linkedin = flags({ rotation: 'none', consentSeconds: 365 * DAY });
  expect(endsOfConsent(consent, stating(200), linkedin)).toEqual({ ...NO_ENDS, absoluteExpiresAt: day(200) });
  const google = flags({ rotation: 'none', consentIdleSeconds: 180 * DAY });
  const testing = { ...NO_ENDS, idleExpiresAt: day(180), absoluteExpiresAt: day(7) };
  expect(endsOfConsent(consent, stating(7), google)).toEqual(testing);
});

test('an end that came nearer with each answer stands still to the second, so that nobody is told of it again', () => {
  const linkedin = flags({ rotation: 'none', consentSeconds: 365 * DAY });
  const given = endsOfConsent(consent, stating(365), linkedin);
  const slow: StatedEnds = { ...silent, refreshExpiresInSeconds: 345 * DAY - 19 };
  expect(refreshed(given, 20, linkedin, slow, false)).toEqual(given);
});

test('an end that was expected to move and did not is the end of the consent', () => {
  const given = endsOfConsent(consent, stating(30), flags());
  expect(given.refreshExpiresAt).toEqual(day(30));
  const then = refreshed(given, 10, flags(), stating(20));
  expect(then).toEqual({ ...NO_ENDS, absoluteExpiresAt: day(30) });
  expect(refreshed(then, 20, flags(), stating(10))).toEqual(then);
});

test('a replaced refresh token of which nothing is stated has no known end; one that is kept keeps its own', () => {
  const given = endsOfConsent(consent, stating(30), flags());
  expect(refreshed(given, 10, flags(), silent, true)).toEqual(NO_ENDS);
  expect(refreshed(given, 10, flags(), silent, false)).toEqual(given);
});

test('an end that a granted refresh has outlived was none', () => {
  const netsuite = flags({ consentSeconds: 7 * DAY });
  const given = endsOfConsent(consent, silent, netsuite);
  expect(refreshed(given, 6, netsuite)).toEqual(given);
  expect(refreshed(given, 8, netsuite)).toEqual(NO_ENDS);
});

test('of an import nobody knows when the consent was given: only what is told, and the idle end from now', () => {
  const atlassian = flags({ consentIdleSeconds: 90 * DAY, consentSeconds: 365 * DAY });
  expect(endsOfImport(consent, null, atlassian)).toEqual({ ...NO_ENDS, idleExpiresAt: day(90) });
  expect(endsOfImport(consent, day(12), atlassian).absoluteExpiresAt).toEqual(day(12));
});

test('to be refreshed before: the nearest end that a refresh moves, and did move', () => {
  expect(movingEndOf(NO_ENDS)).toBeNull();
  expect(movingEndOf({ ...NO_ENDS, absoluteExpiresAt: day(1) })).toBeNull();
  expect(movingEndOf({ refreshExpiresAt: day(9), idleExpiresAt: day(7), absoluteExpiresAt: day(1) })).toEqual(day(7));
  const kept = { ...NO_ENDS, refreshExpiresAt: day(9) };
  expect(movingEndOf(kept, kept)).toBeNull();
});

const seconds = fc.option(fc.integer({ min: 1, max: 3_650 * DAY }));
const anyStated = fc.record({ refreshExpiresInSeconds: seconds, consentExpiresInSeconds: seconds });
const anyFlags = fc.record({
  rotation: fc.constantFrom('none' as const, 'grace' as const, 'strict' as const),
  consentIdleSeconds: seconds,
  consentSeconds: seconds,
});
const anyRefresh = fc.record({
  after: fc.integer({ min: 60, max: 400 * DAY }),
  stated: anyStated,
  newToken: fc.boolean(),
});

test('whatever is answered: no end is ever behind the moment of the answer, and a moving one moves forward only', () => {
  fc.assert(
    fc.property(anyFlags, anyStated, fc.array(anyRefresh, { maxLength: 8 }), (service, first, refreshes) => {
      let now = consent;
      let ends = endsOfConsent(now, first, service);
      for (const { after, stated, newToken } of refreshes) {
        now = new Date(now.getTime() + after * 1_000);
        const next = endsAfterRefresh(ends, { sentAt: now, stated, newToken }, service);
        for (const end of Object.values(next)) if (end !== null) expect(end > now).toBe(true);
        const moving = movingEndOf(next, ends);
        const before = [next.refreshExpiresAt === moving ? ends.refreshExpiresAt : ends.idleExpiresAt, consent];
        if (moving !== null) expect(moving > (before[0] ?? consent)).toBe(true);
        ends = next;
      }
    }),
  );
});
