import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { SEALED_COLUMNS } from '../../src/repositories/audit-seals';
import type { AuditSeal } from '../../src/types/audit-seal';
import { digestOf, encoded, type Described } from './encoded';
import { setSealingScene, type SealingScene } from './sealing-scene';

let scene: SealingScene;
beforeAll(async () => {
  scene = await setSealingScene();
});
afterAll(() => scene.close());

// PostgreSQL takes no NUL in text.
const word = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0'));
const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const uuid = fc.uuid();
const time = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const detail = fc
  .dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.integer(), { maxKeys: 1 })
  .map((object) => JSON.stringify(object).replace(':', ': '));

const row = fc
  .tuple(
    ...[
      time,
      uuid,
      fc.maxSafeInteger(),
      fc.maxSafeInteger(),
      orNull(uuid),
      word,
      word,
      word,
      orNull(word),
      orNull(word),
    ],
    ...[
      orNull(uuid),
      orNull(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
      ...Array.from({ length: 5 }, () => orNull(word)),
    ],
    orNull(detail),
  )
  .map((values) => values as (string | number | null)[]);

const COLUMN_TYPES = [
  ...['timestamptz', 'uuid', 'bigint', 'bigint', 'uuid', 'text', 'text', 'text', 'text', 'text', 'uuid', 'integer'],
  ...['text', 'text', 'text', 'text', 'text', 'jsonb'],
] as Described[number][0][];
const describedOf = (values: (string | number | null)[]): Described =>
  values.map((value, index) => [COLUMN_TYPES[index] ?? 'text', value]);
const inputs = COLUMN_TYPES.map((type, index) => `$${index + 1}::${type}`).join(', ');

const replaced = <T>(values: readonly T[], at: number, value: T): T[] =>
  values.map((old, index) => (index === at ? value : old));

const sent = async (values: (string | number | null)[]): Promise<Buffer> =>
  (await scene.db.query<{ bytes: Buffer }>(`select record_send(row(${inputs})) as bytes`, values)).rows[0]
    ?.bytes as Buffer;

test('PostgreSQL encodes a row as it is described, so every length comes before its value', async () => {
  await fc.assert(
    fc.asyncProperty(row, async (values) => {
      expect(await sent(values)).toEqual(encoded(describedOf(values)));
    }),
    { numRuns: 200 },
  );
});

test('no two different rows encode equally, whatever moves from one column to the next', async () => {
  await fc.assert(
    fc.asyncProperty(row, fc.nat(4), fc.nat(12), async (values, which, cut) => {
      // The hardest pair: the same characters, split at another place between two neighbours.
      const at = 12 + Math.min(which, 3);
      const both = `${String(values[at] ?? '')}${String(values[at + 1] ?? '')}`;
      const moved = replaced(replaced(values, at, both.slice(0, cut)), at + 1, both.slice(cut));
      const same = JSON.stringify(moved) === JSON.stringify(values);
      expect((await sent(moved)).equals(await sent(values))).toBe(same);
      expect((await sent(replaced(values, at, ''))).equals(await sent(replaced(values, at, null)))).toBe(false);
    }),
    { numRuns: 100 },
  );
});

test('every column of the audit is covered: one that is added needs a format of its own', async () => {
  const { rows } = await scene.db.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, null) as type from pg_attribute
      where attrelid = 'audit'::regclass and attnum > 0 and not attisdropped`,
  );
  expect(rows.map(({ name }) => name).sort()).toEqual([...SEALED_COLUMNS].sort());
  const typeOf = new Map(rows.map(({ name, type }) => [name, type.replace('timestamp with time zone', 'timestamptz')]));
  expect(SEALED_COLUMNS.map((column) => typeOf.get(column))).toEqual(COLUMN_TYPES);
});

test('the digests of a seal are those of the description', async () => {
  await scene.write({ clientId: 'acme', detail: { further: 3 } }, [
    { requestId: randomUUID() },
    { userAgent: 'ü\u{1f600}' },
  ]);
  const seal = await scene.seal();
  const asText = SEALED_COLUMNS.map((column) =>
    column === 'occurred_at'
      ? `to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as occurred_at`
      : `${column}::text`,
  );
  const { rows } = await scene.db.query<Record<string, string | null>>(
    `select ${asText.join(', ')} from audit order by batch, process_id, sequence`,
  );
  const { salt, rowDigests } = seal as AuditSeal;
  const digests = rows.map((found) =>
    digestOf(salt, describedOf(SEALED_COLUMNS.map((column) => found[column] ?? null))),
  );
  expect(rows).toHaveLength(3);
  expect(rowDigests.toString('hex')).toBe(Buffer.concat(digests).toString('hex'));
});
