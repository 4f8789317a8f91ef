import { compareWithAudit, type Received, type Release } from './books.cjs';

// The comparison is believed wherever it finds nothing, so here it is shown what it must find.
const answer = (n: number, rest: Partial<Received> = {}): Received => ({
  requestId: `request-${n}`,
  asked: { key: { id: 'key', organizationId: 'agency' }, clientId: 'acme', service: 'crm' },
  connectionId: 'connection',
  generation: 1,
  ...rest,
});
const row = (n: number, rest: Partial<Release> = {}): Release => ({
  ...{ requestId: `request-${n}`, processId: 'process', sequence: n },
  ...{ organizationId: 'agency', actor: 'key:key', clientId: 'acme', service: 'crm' },
  ...{ connectionId: 'connection', generation: 1 },
  ...rest,
});
const found = (answers: Received[], rows: Release[]) =>
  compareWithAudit(answers, rows).violations.map(({ what }) => what);

test('answers that have their rows are in order, and rows whose answer was lost are counted', () => {
  expect(compareWithAudit([answer(1), answer(2)], [row(1), row(2), row(3)])).toEqual({
    violations: [],
    ...{ answers: 2, matched: 2, rows: 3, unheard: 1 },
  });
});

test('an answer without a row is found, also one that was cut off in the midst', () => {
  expect(found([answer(1), answer(2)], [row(1)])).toEqual(['released without an audit row']);
  const cut = answer(2, { connectionId: undefined, generation: undefined });
  expect(found([answer(1), cut], [row(1)])).toEqual(['released without an audit row']);
  expect(found([answer(1), cut], [row(1), row(2)])).toEqual([]);
});

test.each<[string, Partial<Release>]>([
  ['organizationId', { organizationId: 'another' }],
  ['actor', { actor: 'key:another' }],
  ['clientId', { clientId: 'another' }],
  ['service', { service: 'another' }],
  ['connectionId', { connectionId: 'another' }],
  ['generation', { generation: 2 }],
])('a row that tells of another %s is found', (member, wrong) => {
  expect(found([answer(1)], [row(1, wrong)])).toEqual([`its audit row has another ${member}`]);
});

test('a request with two rows, and two rows of one number, are found', () => {
  expect(found([answer(1)], [row(1), row(1, { sequence: 2 })])).toEqual(['two rows tell of one request']);
  expect(found([answer(1), answer(2)], [row(1), row(2, { sequence: 1 })])).toEqual(['two rows have one number']);
});
