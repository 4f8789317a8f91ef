import fc from 'fast-check';
import { dueAt } from '../../src/services/refresh/due';

const expiresAt = new Date('2030-01-01T12:00:00Z');
const aheadOf = (lifetimeSeconds: number, random = 0, refreshAheadSeconds: number | null = null): number =>
  (expiresAt.getTime() - dueAt({ expiresAt, lifetimeSeconds, refreshAheadSeconds, random }).getTime()) / 1_000;

test.each([
  ['a day: 15 % ahead', 86_400, 12_960],
  ['an hour: 10 minutes ahead', 3_600, 600],
  ['20 minutes: 10 minutes ahead', 1_200, 600],
  ['12 minutes: never more than half', 720, 360],
  ['5 minutes: at half', 300, 150],
])('a token that lives %s', (_name, lifetimeSeconds, ahead) => {
  expect(aheadOf(lifetimeSeconds)).toBeCloseTo(ahead);
});

test('jitter is at most a tenth of the lifetime, earlier', () => {
  expect(aheadOf(3_600, 0.999_999)).toBeCloseTo(960, 1);
});

test('a service says how far ahead, and is never refreshed earlier than that', () => {
  expect(aheadOf(600, 0, 30)).toBe(30);
  expect(aheadOf(600, 0.999_999, 30)).toBeCloseTo(27, 1);
});

test('no token is refreshed after its end, nor before two fifths of its life (a tenth, where the service says so)', () => {
  const ahead = fc.option(fc.integer({ min: 0, max: 1e8 }));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 31_536_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      ahead,
      (life, random, own) => {
        const share = aheadOf(life, random, own) / life;
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(own === null ? 0.601 : 0.901);
      },
    ),
  );
});

const DAY = 86_400;
const dueInDays = (lifetimeDays: number, movingEndDays: number | null, random = 0): number => {
  const now = new Date(expiresAt.getTime() - lifetimeDays * DAY * 1_000);
  const at = movingEndDays === null ? null : new Date(now.getTime() + movingEndDays * DAY * 1_000);
  const token = { expiresAt, lifetimeSeconds: lifetimeDays * DAY, refreshAheadSeconds: null, random };
  const due = dueAt({ ...token, movingEnd: at && { at, now } });
  return (due.getTime() - now.getTime()) / 1_000 / DAY;
};

test('a token of 30 days does not outlive a consent that ends after 7 days without a refresh', () => {
  expect(dueInDays(30, 7)).toBeCloseTo(0.85 * 7);
  expect(dueInDays(30, 7, 0.999_999)).toBeCloseTo(0.75 * 7);
});

test('an idle end beyond the life of the token changes nothing', () => {
  expect(dueInDays(1, 60)).toBe(dueInDays(1, null));
});
