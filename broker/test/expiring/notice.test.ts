import fc from 'fast-check';
import { noticeOf, type Step } from '../../src/services/expiring/notice';

const DAY_MS = 86_400_000;
const endsAt = new Date('2030-06-01T00:00:00Z');
const daysBefore = (days: number): Date => new Date(endsAt.getTime() - days * DAY_MS);
const at = (days: number, noticedDays: number | null = null, silent = false) =>
  noticeOf({ now: daysBefore(days), endsAt, noticedDays, silent });

test.each<[what: string, days: number, noticed: number | null, tell: number | null, next: number | null]>([
  ['long before', 20, null, null, 14],
  ['14 days ahead', 14, null, 14, 7],
  ['and once only', 13, 14, null, 7],
  ['7 days ahead', 7, 14, 7, 1],
  ['a day ahead', 1, 7, 1, null],
  ['and then no more', 0.5, 1, null, null],
  ['away for ten days: only what is true today', 4, null, 7, 1],
  ['away until the last day', 0.9, 14, 1, null],
  ['when it is over, nothing is told ahead', -0.1, 14, null, null],
])('%s', (_what, days, noticed, tell, next) => {
  expect(at(days, noticed)).toEqual({ tell, nextAt: next === null ? null : daysBefore(next) });
});

test('what is stopped is looked at again, each day and in the last one each hour, and told of once it goes on', () => {
  expect(at(10, null, true)).toEqual({ tell: null, nextAt: daysBefore(9) });
  expect(at(0.5, 7, true)).toEqual({ tell: null, nextAt: daysBefore(0.5 - 1 / 24) });
  expect(at(9)).toEqual({ tell: 14, nextAt: daysBefore(7) });
});

test('whenever it is looked at: each step at most once, in order, never late by a step, and an end of the looking', () => {
  const look = fc.record({ delay: fc.integer({ min: 0, max: 12 * DAY_MS }), silent: fc.boolean() });
  fc.assert(
    fc.property(fc.array(look, { maxLength: 30 }), (looks) => {
      const told: Step[] = [];
      let now = daysBefore(30);
      for (const { delay, silent } of looks) {
        const { tell, nextAt } = noticeOf({ now, endsAt, noticedDays: told.at(-1) ?? null, silent });
        const leftMs = endsAt.getTime() - now.getTime();
        if (tell !== null) {
          expect(told).not.toContain(tell);
          expect(tell).toBeLessThan(told.at(-1) ?? 15);
          expect(leftMs).toBeLessThanOrEqual(tell * DAY_MS + 1_000);
          told.push(tell);
        }
        if (nextAt === null) return;
        expect(nextAt > now).toBe(true);
        now = new Date(nextAt.getTime() + delay);
      }
    }),
  );
});
