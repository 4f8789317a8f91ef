import { duration, end, listed, listedIfAny, moment, momentToCome, past } from '../../src/bin/managing/values';
import { fromNow } from '../../src/bin/terminal/moments';
import { printable } from '../../src/bin/terminal/printable';
import { screenOf, type Screen } from '../../src/bin/terminal/screen';
import { list, record } from '../../src/bin/terminal/table';
import { wantsColours } from '../../src/config/terminal';

const screen: Screen = { columns: 100, paint: (_style, text) => text };
const long = 'word '.repeat(60).trim();

test('a list fits its width, cuts what may be cut, and never an id', () => {
  const id = 'i'.repeat(36);
  const lines = list(
    [{ id, name: long, note: '日本'.repeat(60) }],
    [
      { head: 'ID', of: 'id', whole: true },
      { head: 'NAME', of: 'name' },
      { head: 'NOTE', of: 'note' },
    ],
    screen,
  ).split('\n');
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(line.length + (line.match(/[日本]/g)?.length ?? 0)).toBeLessThanOrEqual(100);
  expect(lines[1]).toContain(id);
  expect(lines[1]).toContain('…');
});

test('what has another name is shown where there is room for it, and never at the cost of names', () => {
  const rows = [
    { id: 'i'.repeat(36), client: 'bakery-saint-michel', service: 'google-workspace', status: 'reauth_required' },
  ];
  const columns = [
    { head: 'CLIENT', of: 'client' },
    { head: 'SERVICE', of: 'service' },
    { head: 'STATUS', of: 'status' },
    { head: 'ID', of: 'id', whole: true, spare: true },
  ] as const;
  expect(list(rows, columns, screen)).toContain('i'.repeat(36));
  const narrow = list(rows, columns, { ...screen, columns: 80 });
  expect(narrow).not.toMatch(/ID|…/);
  expect(narrow.split('\n')).toHaveLength(2);
  // One after the other, from the end.
  const both = [...columns, { head: 'NOTE', of: 'id', spare: true }] as const;
  expect(list(rows, both, { ...screen, columns: 110 }).split('\n')[0]).toMatch(/STATUS +ID *$/);
});

test('a record breaks long lines at words and leaves out what is not there', () => {
  const lines = record({ displayName: long, url: `https://x/${'a'.repeat(150)}`, gone: null, none: {} }, screen);
  expect(lines).toContain(`https://x/${'a'.repeat(150)}`);
  expect(lines).not.toMatch(/gone|none/);
  expect(
    record({ displayName: long }, screen)
      .split('\n')
      .every((line) => line.length <= 100),
  ).toBe(true);
});

test('what drives a terminal or turns text around is spelled out in every cell', () => {
  const hostile = '\u001b[2J\n\u202e\u2028\u0007';
  expect(printable(hostile)).toBe('\\u001b[2J\\u000a\\u202e\\u2028\\u0007');
  const cells = list([{ name: hostile }], [{ head: 'NAME', of: 'name' }], screen) + record({ name: hostile }, screen);
  expect(cells).not.toMatch(/(?!\n)\p{Cc}|[\u202e\u2028]/u);
});

test('colours are for terminals that want them', () => {
  expect(wantsColours({})).toBe(true);
  expect(wantsColours({ NO_COLOR: '1' })).toBe(false);
  expect(wantsColours({ NO_COLOR: '' })).toBe(true);
  expect(wantsColours({ TERM: 'dumb' })).toBe(false);
  const file = { isTTY: false, columns: 300 } as NodeJS.WriteStream;
  expect(screenOf(file).paint('red', 'x')).toBe('x');
  expect(screenOf(file).columns).toBe(100);
});

test('a distance in time is told in a unit that people count in', () => {
  const now = new Date('2026-11-20T10:00:00Z');
  const told = (iso: string) => fromNow(iso, now);
  expect(told('2026-11-20T10:54:00Z')).toBe('in 54 min');
  expect(told('2026-11-20T09:59:50Z')).toBe('10 s ago');
  expect(told('2026-11-17T10:00:00Z')).toBe('3 days ago');
  expect(told('2026-11-27T09:59:59Z')).toBe('in 7 days');
  expect(told('2026-11-20T10:00:01Z')).toBe('now');
});

test('durations, moments and lists are read as written, and nothing else is', () => {
  expect([duration('90s'), duration('30m'), duration('12h'), duration('2d')]).toEqual([90, 1_800, 43_200, 172_800]);
  expect(moment('2027-01-31')).toBe('2027-01-31T00:00:00.000Z');
  expect(moment('2027-01-31T10:00:00+01:00')).toBe('2027-01-31T09:00:00.000Z');
  expect(moment('never')).toBeNull();
  expect(end('2027-01-31')).toBe('2027-01-31T00:00:00.000Z');
  expect(() => end('never')).toThrow(/90d/);
  expect(() => momentToCome('2020-01-01')).toThrow(/future/);
  expect([momentToCome('2099-01-01'), momentToCome('never')]).toEqual(['2099-01-01T00:00:00.000Z', null]);
  expect(past('2026-11-01')).toBe('2026-11-01T00:00:00.000Z');
  expect(Date.now() - Date.parse(past('2d'))).toBeGreaterThanOrEqual(172_800_000);
  for (const wrong of ['never', '7d ago', 'lately']) expect(() => past(wrong)).toThrow(/such as 24h/);
  expect(listed('a, b,c')).toEqual(['a', 'b', 'c']);
  expect([listedIfAny('a,b'), listedIfAny('')]).toEqual([['a', 'b'], []]);
  for (const wrong of ['', '90', '-1d', '1.5h', '90 d', '9999999d']) expect(() => duration(wrong)).toThrow();
  for (const wrong of ['', 'tomorrow', '2027-02-31T', '2027-13-01', '2027-01-31T10:00'])
    expect(() => moment(wrong)).toThrow();
});
