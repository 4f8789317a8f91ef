import { distance, duration } from '../src/duration';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [60 * SECOND, '1 min'],
  [HOUR - 1, '59 min'],
  [HOUR + 5 * 60 * SECOND, '1 h 05'],
  [10 * HOUR - 1, '9 h 59'],
  [10 * HOUR, '10 h'],
  [48 * HOUR - 1, '47 h'],
  [48 * HOUR, '2 d'],
  [1_000 * 24 * HOUR, '1000 d'],
])('%i ms read as %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test('what is over was ago', () => {
  const now = new Date();
  expect(distance(new Date(now.getTime() + 61 * SECOND), now)).toBe('1 min');
  expect(distance(new Date(now.getTime() - 61 * SECOND), now)).toBe('1 min ago');
  expect(distance(now, now)).toBe('0 s ago');
});
