import { createTestDatabase, type TestDatabase } from '../../broker/test/support/database';
import { clear, insertConnection, prepare, run } from './installation';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await prepare(db);
});
afterAll(() => db.drop());
beforeEach(() => clear(db));

/** Header and rows, without verdict and totals. */
async function rowsOf(...args: string[]): Promise<string[]> {
  const [, , ...lines] = (await run(db.url, args)).out.split('\n');
  return lines.slice(
    0,
    lines.findIndex((line) => line === '' || line.startsWith('…')),
  );
}

test('a row says client, service, name, status, end, last refresh and failures in aligned columns', async () => {
  const given = { status: 'backoff', failures: 6, error: 'http_503', expiresIn: '3 hours 5 minutes 30 seconds' };
  await insertConnection(db, { ...given, client: 'corner-bar', name: 'billing' });
  expect(await rowsOf()).toEqual([
    'CLIENT      SERVICE  NAME     STATUS   EXPIRES IN  REFRESHED  FAILURES',
    expect.stringMatching(/^corner-bar {2}google {3}billing {2}backoff {2}3 h 05 {6}\d s ago {4}6 http_503$/),
  ]);
});

test('the worst stand first, within them the soonest to end, and what is on hold last', async () => {
  await insertConnection(db, { client: 'stopped', status: 'disabled', expiresIn: '-9 days' });
  await insertConnection(db, { client: 'fine-later', expiresIn: '2 hours' });
  await insertConnection(db, { client: 'fine-sooner' });
  await insertConnection(db, { client: 'suspended', service: 'slack', expiresIn: '3 days' });
  await db.query(`update apps set suspended_at = otobot_now() where service = 'slack'`);
  await insertConnection(db, { client: 'failing', failures: 2, status: 'backoff' });
  await insertConnection(db, { client: 'failing-more', failures: 7, status: 'backoff' });
  await insertConnection(db, { client: 'ends-later', refreshToken: false, expiresIn: '3 hours' });
  await insertConnection(db, { client: 'ends-sooner', refreshToken: false, expiresIn: '2 hours' });
  await insertConnection(db, { client: 'dead', expiresIn: '-3 days' });
  await insertConnection(db, { client: 'reconnect', status: 'reauth_required' });
  const [, ...rows] = await rowsOf();
  expect(rows.map((row) => row.split(' ')[0])).toEqual(
    'reconnect dead ends-sooner ends-later failing-more failing suspended fine-sooner fine-later stopped'.split(' '),
  );
});

test('of the ends the one that matters is shown: past, consent, none', async () => {
  await insertConnection(db, { client: 'a', expiresIn: '-3 days -1 hour' });
  await insertConnection(db, { client: 'b', absoluteEndIn: '6 days 1 hour' });
  await insertConnection(db, {
    client: 'c',
    refreshToken: false,
    absoluteEndIn: '6 days',
    expiresIn: '5 hours 1 second',
  });
  await insertConnection(db, { client: 'd', expiresIn: null, service: 'stripe', kind: 'api_key', refreshToken: false });
  const rows = (await rowsOf()).join('\n');
  expect(rows).toMatch(/^a .* expired {2}3 d ago /m);
  expect(rows).toMatch(/^b .* active {3}consent 6 d /m);
  expect(rows).toMatch(/^c .* active {3}(5 h 00|4 h 59) /m);
  expect(rows).toMatch(/^d .* active {3}- /m);
});

test('an organization is named unless it is the usual one, and - stands for the organization itself', async () => {
  await insertConnection(db, { client: null });
  await insertConnection(db, { client: null, organization: 'studio' });
  await insertConnection(db, { organization: 'studio' });
  const names = async (...args: string[]): Promise<string[]> =>
    (await rowsOf(...args))
      .slice(1)
      .map((row) => row.split(' ')[0] ?? '')
      .sort();
  expect(await names()).toEqual(['-', 'studio/-', 'studio/acme']);
  expect(await names('--client', '-')).toEqual(['-', 'studio/-']);
  expect(await names('--client', 'acme')).toEqual(['studio/acme']);
  expect(await names('--client', 'studio/acme')).toEqual(['studio/acme']);
});

test('long names are cut in their middle to keep a line within 100 columns', async () => {
  const long = (letter: string): string => `${letter.repeat(62)}-1`;
  await insertConnection(db, { client: long('c'), name: long('n'), service: long('s'), status: 'reauth_required' });
  const { out } = await run(db.url);
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBe(100);
  expect(out).toMatch(/^c+…c+-1 {2}s+…s+-1 {2}n+…n+-1 {2}reauth_required /m);
});

test('what could move the cursor or hide text is shown by its code', async () => {
  await insertConnection(db, {
    service: 'a\u001b[2Jb\nc\u009b1md\u202ee\u00adf',
    error: 'x\u0007y',
    status: 'backoff',
  });
  const { out } = await run(db.url, ['--limit', '0']);
  expect(out).toMatch(/^[\n\x20-\x7e·…]+$/);
  expect(out.split('\n')).toHaveLength(8);
});

test('50 rows are shown by default, --limit changes that, and the totals count all', async () => {
  for (let i = 0; i < 52; i++) await insertConnection(db, { name: `n${i}` });
  expect(await rowsOf()).toHaveLength(51);
  expect(await rowsOf('--limit', '0')).toHaveLength(53);
  const { out } = await run(db.url, ['--limit', '3', '--client', 'acme']);
  expect(out).toContain('… and 49 more, no worse than these (--limit 0 shows all)\n');
  expect(out).toContain('\n52 connections of 52 · 1 live worker\n');
  const onTerminal = await run(db.url, [], { terminal: { columns: 100, rows: 30 } });
  expect(onTerminal.out.split('\n').length).toBeLessThanOrEqual(30);
});

test('the totals tell each figure once, and a missing worker', async () => {
  await insertConnection(db, { client: 'a', expiresIn: '-1 hour', status: 'backoff', failures: 1 });
  await insertConnection(db, { client: 'b', status: 'reauth_required', failures: 1 });
  await insertConnection(db, { client: 'c', refreshToken: false });
  await insertConnection(db, { client: 'd', absoluteEndIn: '1 day' });
  await insertConnection(db, { client: 'e', status: 'disabled', failures: 1 });
  expect((await run(db.url)).out).toContain(`
5 connections · 1 on hold · 1 live worker
1 expired · 1 to reconnect · 1 ending within 24 h · 1 consent within 14 d · 2 refresh errors
`);
  const narrow = await run(db.url, [], { terminal: { columns: 80, rows: 40 } });
  expect(narrow.out).toContain(`
1 expired · 1 to reconnect · 1 ending within 24 h · 1 consent within 14 d
2 refresh errors
`);
  await db.query("delete from connections; update processes set seen_at = otobot_now() - interval '21 seconds'");
  expect((await run(db.url)).out).toContain('no live worker: nothing is refreshed');
});

test('colours come on a terminal only, and not with NO_COLOR or a dumb terminal', async () => {
  await insertConnection(db, { expiresIn: '-1 hour' });
  const terminal = { columns: 100, rows: 30 };
  const coloured = async (more: Record<string, string>, on: typeof terminal | null): Promise<boolean> => {
    const { out } = await run('', [], { terminal: on, environment: { DATABASE_URL: db.url, ...more } });
    return out.includes('\u001b[');
  };
  expect(await coloured({}, terminal)).toBe(true);
  expect(await coloured({ NO_COLOR: '' }, terminal)).toBe(true);
  expect(await coloured({ NO_COLOR: '1' }, terminal)).toBe(false);
  expect(await coloured({ TERM: 'dumb' }, terminal)).toBe(false);
  expect(await coloured({}, null)).toBe(false);
});
