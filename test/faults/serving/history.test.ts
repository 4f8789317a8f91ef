import { judgeByClock, judgeHistory, type Image, type JudgedRelease, type TimedAnswer } from './history.cjs';

// The checker is believed wherever it finds nothing, so here it is shown what it must find.
const WORLD: [string, Record<string, unknown>][] = [
  ['organizations agency', { suspended_at: null }],
  [
    'access_keys key',
    {
      ...{ organization_id: 'agency', scopes: ['credentials:read'], client_ids: null, services: null },
      ...{ expires_at: null, revoked_at: null },
    },
  ],
  ['clients agency acme', { suspended_at: null }],
  ['services - crm', { suspended_at: null }],
  [
    'connections connection',
    { organization_id: 'agency', client_id: 'acme', service: 'crm', generation: 1, status: 'active' },
  ],
  ['token_sets one', { connection_id: 'connection', generation: 1, kind: 'current', expires_at: null }],
];
/** All made by transaction 10. */
const made: Image[] = WORLD.map(([subject, image]) => ({ transaction: 10, subject, image }));
const changed = (transaction: number, subject: string, change: Record<string, unknown> | null): Image => {
  const before = WORLD.find(([name]) => name === subject)?.[1] ?? {};
  return { transaction, subject, image: change && { ...before, ...change } };
};
const release = (decidedIn: string, rest: Partial<JudgedRelease> = {}): JudgedRelease => ({
  ...{ requestId: 'request', organizationId: 'agency', actor: 'key:key', clientId: 'acme', service: 'crm' },
  ...{ connectionId: 'connection', generation: 1, decidedIn, occurredAt: 1_000 },
  ...rest,
});
const found = (images: Image[], released: JudgedRelease) =>
  judgeHistory({ images: [...made, ...images], releases: [released] }).violations.map(({ what }) => what);

const revoked = changed(20, 'access_keys key', { revoked_at: '2026-01-01T00:00:00Z' });

test('a release that everything allowed is in order', () => {
  expect(judgeHistory({ images: made, releases: [release('11:11:')] })).toEqual({
    violations: [],
    ...{ judged: 1, changes: 6, contested: 0 },
  });
});

describe('a change counts exactly when it was visible to the statement', () => {
  test.each<[string, string, string[]]>([
    ['it had ended before the oldest that was under way', '25:25:', ['the key is revoked']],
    ['it had ended, though an older one was under way', '15:25:15', ['the key is revoked']],
    ['it was under way', '20:25:20', []],
    ['it was under way among others', '15:25:15,20,22', []],
    ['it was the next to begin', '20:20:', []],
    ['it began later', '15:18:15', []],
  ])('%s', (_when, snapshot, expected) => {
    expect(found([revoked], release(snapshot))).toEqual(expected);
  });
});

test('of several changes of one row the last visible one counts', () => {
  const restored = changed(30, 'access_keys key', {});
  expect(found([revoked, restored], release('40:40:'))).toEqual([]);
  expect(found([revoked, restored], release('30:40:30'))).toEqual(['the key is revoked']);
  expect(found([revoked, restored], release('20:40:20,30'))).toEqual([]);
});

test.each<[string, Image[]]>([
  ['the organization is gone or suspended', [changed(20, 'organizations agency', { suspended_at: 'then' })]],
  ['the key is gone', [changed(20, 'access_keys key', null)]],
  ['the key belongs to another organization', [changed(20, 'access_keys key', { organization_id: 'another' })]],
  ['the key is revoked', [revoked]],
  ['the key has expired', [changed(20, 'access_keys key', { expires_at: '1970-01-01T00:00:00Z' })]],
  ['the key lacks the scope', [changed(20, 'access_keys key', { scopes: ['clients:read'] })]],
  ['the key is not for this client', [changed(20, 'access_keys key', { client_ids: ['globex'] })]],
  ['the key is not for this service', [changed(20, 'access_keys key', { services: ['mail'] })]],
  ['the client is gone or suspended', [changed(20, 'clients agency acme', { suspended_at: 'then' })]],
  ['the client is gone or suspended', [changed(20, 'clients agency acme', null)]],
  ['the service is gone or suspended', [changed(20, 'services - crm', { suspended_at: 'then' })]],
  ['the service is gone or suspended', [changed(20, 'services agency crm', { suspended_at: 'then' })]],
  ['the connection is gone', [changed(20, 'connections connection', null)]],
  ['the connection is another one', [changed(20, 'connections connection', { client_id: 'globex' })]],
  ['the connection is disabled', [changed(20, 'connections connection', { status: 'disabled' })]],
  ['the token is not the current one', [changed(20, 'connections connection', { generation: 2 })]],
  ['the token is gone', [changed(20, 'token_sets one', null)]],
  ['the token is gone', [changed(20, 'token_sets one', { kind: 'previous' })]],
  ['the token has expired', [changed(20, 'token_sets one', { expires_at: '1970-01-01T00:00:00Z' })]],
])('%s', (what, images) => {
  expect(found(images, release('25:25:'))).toEqual([what]);
  expect(found(images, release('20:25:20'))).toEqual([]);
});

test("an organization's own service hides the shared one, whatever becomes of that", () => {
  const own = changed(15, 'services agency crm', { suspended_at: null });
  expect(found([own, changed(20, 'services - crm', { suspended_at: 'then' })], release('25:25:'))).toEqual([]);
});

test('it counts the releases that met a change under way', () => {
  const releases = [release('20:25:20'), release('25:25:'), release('15:18:15')];
  expect(judgeHistory({ images: [...made, revoked], releases }).contested).toBe(1);
});

describe('by the clock', () => {
  const answer = (sentAt: number, receivedAt: number, generation = 1): TimedAnswer => ({
    requestId: 'request',
    asked: { key: { id: 'key', organizationId: 'agency' }, clientId: 'acme', service: 'crm' },
    ...{ connectionId: 'connection', generation, sentAt, receivedAt },
  });
  const judged = (one: TimedAnswer, subject: string) =>
    judgeByClock({ answers: [one], bans: new Map([[subject, [{ from: 100, to: 200 }]]]), floors: new Map() }).length;

  test.each([
    'organization agency',
    'key key',
    'key key acme',
    'client agency acme',
    'service agency crm',
    'service - crm',
    'connection connection',
  ])('an answer that was asked for and came while %s was forbidden is found', (subject) => {
    expect(judged(answer(101, 199), subject)).toBe(1);
    expect(judged(answer(99, 199), subject)).toBe(0);
    expect(judged(answer(101, 201), subject)).toBe(0);
  });

  test('what concerns others is no concern', () => {
    for (const subject of ['key another', 'key key globex', 'client another acme', 'service another crm'])
      expect(judged(answer(101, 199), subject)).toBe(0);
  });

  test('an older token than was known to be there is found', () => {
    const floors = new Map([['connection', [[100, 2] as const]]]);
    const older = (one: TimedAnswer) => judgeByClock({ answers: [one], bans: new Map(), floors }).length;
    expect([older(answer(101, 110, 1)), older(answer(101, 110, 2)), older(answer(99, 110, 1))]).toEqual([1, 0, 0]);
  });
});
