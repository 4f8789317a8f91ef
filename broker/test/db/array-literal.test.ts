import fc from 'fast-check';
import { arrayLiteral } from '../../src/db/array-literal';
import { connectDatabase, type Database } from '../../src/db/database';
import { silent } from '../support/broker';
import { createTestDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
let pool: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = connectDatabase({ url: database.url, role: null, max: 1, log: silent });
});
afterAll(async () => {
  await pool.close();
  await database.drop();
});

const read = async (type: string, literal: string | null): Promise<unknown[] | null> =>
  (await pool.query<{ value: unknown[] | null }>({ text: `select $1::${type}[] as value`, values: [literal] }))[0]
    ?.value ?? null;
const literalOf = (values: readonly (string | number | Date | null)[]) => arrayLiteral(values, (value) => value);

// No PostgreSQL text holds NUL.
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('', 'NULL', 'null', '"', '\\', '{', '}', ',', '{a,"b"}', ' a ', 'a\nb', '\\"', "'; select 1; --"),
  )
  .filter((value) => !value.includes('\0'));

test('any text arrives as it is, whatever it holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(text), { minLength: 1 }), async (values) => {
      const expected = values.every((value) => value === null) ? null : values;
      expect(await read('text', literalOf(values))).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});

test('numbers and moments arrive as they are', async () => {
  expect(await read('int4', literalOf([1, null, -5, 2 ** 31 - 1]))).toEqual([1, null, -5, 2 ** 31 - 1]);
  const moment = new Date('2026-11-20T10:00:00.123Z');
  expect(await read('timestamptz', literalOf([moment, null]))).toEqual([moment, null]);
});

test('a column in which nothing stands is null, which unnest fills up', async () => {
  const values = [literalOf(['a', 'b']), literalOf([null, null])];
  const rows = await pool.query({ text: 'select * from unnest($1::text[], $2::text[]) as i (one, other)', values });
  expect(rows).toEqual([
    { one: 'a', other: null },
    { one: 'b', other: null },
  ]);
});
