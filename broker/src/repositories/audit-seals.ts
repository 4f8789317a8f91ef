import type { Queryable, Tx } from '../db/database';
import type { AuditSeal } from '../types/audit-seal';

/** Years without four digits, as if they were one day. As texts they stand before and after all other days. */
export const BEFORE_ALL_DAYS = '-infinity';
export const AFTER_ALL_DAYS = 'infinity';

/** Bytes of each row's digest that a seal keeps. */
export const DIGEST_BYTES = 16;

/** The encoding that is written now; a seal names its own. A column that is added to the audit needs a format of its own. */
export const SEAL_FORMAT = 1;

/** Format 1: every column of the audit, in this order. */
export const SEALED_COLUMNS = [
  ...['occurred_at', 'process_id', 'batch', 'sequence', 'organization_id', 'action', 'code', 'actor', 'client_id'],
  ...[
    'service',
    'connection_id',
    'generation',
    'address',
    'user_agent',
    'request_id',
    'workflow_id',
    'execution_id',
    'detail',
  ],
] as const;

/**
 * A row as bytes, in PostgreSQL's own binary form of a composite: the number of columns, then type, length (-1: null) and value of
 * each. Lengths come before values, so no two different rows give the same bytes; no setting of a session changes them.
 */
export const SEALED_ROW = `record_send(row(${SEALED_COLUMNS.join(', ')}))`;

const PLACE = 'batch, process_id, sequence';
/** The UTC day of a row, which may be at any moment, infinity too, where somebody else wrote it. */
const DAY = `case when occurred_at < '0001-01-01Z' then '${BEFORE_ALL_DAYS}' when occurred_at >= '10000-01-01Z' then '${AFTER_ALL_DAYS}'
                      else to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD') end`;
const SEALED_AT_US = `(extract(epoch from sealed_at) * 1000000)::bigint as "sealedAtUs"`;
const SEAL = `id, ${SEALED_AT_US}, format, process_id as "processId",
              from_batch as "fromBatch", to_batch as "toBatch", rows_sealed as rows, rows_total as "rowsTotal", days, salt,
              row_digests as "rowDigests", key_version as "keyVersion", head`;

/** The newest link without what it covers, and for how long it has been there. */
export type LastSeal = Pick<
  AuditSeal,
  'id' | 'sealedAtUs' | 'processId' | 'toBatch' | 'rowsTotal' | 'days' | 'head'
> & {
  ageSeconds: number;
};

/** null: nothing was sealed yet. */
export async function findLastSeal(db: Queryable): Promise<LastSeal | null> {
  const [seal] = await db.query<LastSeal>({
    name: 'find-last-seal',
    text: `select id, ${SEALED_AT_US}, process_id as "processId", to_batch as "toBatch", rows_total as "rowsTotal", days, head,
                  extract(epoch from otobot_now() - sealed_at)::float8 as "ageSeconds"
             from audit_seals order by id desc limit 1`,
  });
  return seal ?? null;
}

/** null: there is no such seal. */
export async function findSealHead(db: Queryable, id: number): Promise<Buffer | null> {
  const [seal] = await db.query<{ head: Buffer }>({
    name: 'find-seal-head',
    text: 'select head from audit_seals where id = $1',
    values: [id],
  });
  return seal?.head ?? null;
}

/** The number drawn last: where it is that of the last seal, nothing was written since. */
export async function findLastBatch(db: Queryable): Promise<number> {
  const [row] = await db.query<{ last: number }>({
    name: 'find-last-batch',
    text: 'select case when is_called then last_value else 0 end as last from audit_batches',
  });
  return row?.last ?? 0;
}

/** Whether rows have a number that was never given out: no seal would ever come to them. */
export async function hasUnnumberedRows(db: Queryable): Promise<boolean> {
  const [row] = await db.query<{ found: boolean }>({
    text: 'select exists (select from audit where batch > (select last_value from audit_batches)) as found',
  });
  return row?.found ?? false;
}

/**
 * The number up to which all rows are visible from now on, and no other will come. In a transaction of its own, because while it waits
 * and until that ends no lane writes. Throws where a lane takes longer than that with its statement; then it is for the next time.
 */
export async function settleBatches(tx: Tx): Promise<number> {
  await tx.query({ text: `set local lock_timeout = '200ms'` });
  const [row] = await tx.query<{ settled: number }>({
    text: 'select otobot_settled_audit_batch() as settled',
  });
  return (row as { settled: number }).settled;
}

/** True for one transaction at a time. `patient`: waits for it, and throws where whoever has it does not end. */
export async function takeSealingTurn(tx: Tx, patient: boolean): Promise<boolean> {
  if (patient) {
    await tx.query({ text: `set local lock_timeout = '2s'` });
    await tx.query({ text: `select pg_advisory_xact_lock(hashtext('otobot.sealer'))` });
    return true;
  }
  const [row] = await tx.query<{ taken: boolean }>({
    name: 'take-sealing-turn',
    text: `select pg_try_advisory_xact_lock(hashtext('otobot.sealer')) as taken`,
  });
  return row?.taken ?? false;
}

const RECENT = `occurred_at >= least($5::timestamptz, otobot_now()) - interval '1 day'`;

export interface RowsToSeal {
  now: number;
  toBatch: number;
  rows: number;
  days: Record<string, number>;
  rowDigests: Buffer;
}

/**
 * Digests of the next rows, whole batches of them: from `most` rows on a batch is the last. PostgreSQL computes them, so that no row
 * travels and the serving process has nothing to do. No rows: everything up to `upTo` is covered. Rows that are more than a day older than
 * `from` (a day, or `-infinity`) and than now are left out, so that of a year's partitions only these days' are looked into.
 */
export async function digestRows(
  tx: Tx,
  { after, upTo, most, salt, from }: { after: number; upTo: number; most: number; salt: Buffer; from: string },
): Promise<RowsToSeal> {
  const [page] = await tx.query<RowsToSeal>({
    name: 'digest-rows',
    text: `with bound as materialized (
             select max(batch) as batch from (
               select batch from audit where batch > $1 and batch <= $2 and ${RECENT} order by batch limit $3) next),
           digested as materialized (
             select ${PLACE}, ${DAY} as day,
                    substring(sha256($4::bytea || ${SEALED_ROW}) for ${DIGEST_BYTES}) as digest
               from audit where batch > $1 and batch <= (select batch from bound) and ${RECENT})
           select (extract(epoch from otobot_now()) * 1000000)::bigint as now,
                  case when (select count(*) from digested) < $3 then $2::bigint else (select batch from bound) end as "toBatch",
                  (select count(*) from digested) as rows,
                  coalesce((select jsonb_object_agg(day, n) from (select day, count(*) as n from digested group by day) d), '{}') as days,
                  coalesce((select string_agg(digest, ''::bytea order by ${PLACE}) from digested), ''::bytea) as "rowDigests"`,
    values: [after, upTo, most, salt, from],
  });
  return page as RowsToSeal;
}

export async function insertSeal(tx: Tx, seal: AuditSeal): Promise<void> {
  await tx.query({
    name: 'insert-seal',
    text: `insert into audit_seals (id, sealed_at, format, process_id, from_batch, to_batch, rows_sealed, rows_total, days, salt, row_digests,
                                    key_version, head)
           values ($1, timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    values: [
      seal.id,
      seal.sealedAtUs,
      seal.format,
      seal.processId,
      seal.fromBatch,
      seal.toBatch,
      seal.rows,
      seal.rowsTotal,
      JSON.stringify(seal.days),
      seal.salt,
      seal.rowDigests,
      seal.keyVersion,
      seal.head,
    ],
  });
}

/** The links after `after` in their order, `limit` at most. */
export function listSeals(tx: Tx, { after, limit }: { after: number; limit: number }): Promise<AuditSeal[]> {
  return tx.query<AuditSeal>({
    name: 'list-seals',
    text: `select ${SEAL} from audit_seals where id > $1 order by id limit $2`,
    values: [after, limit],
  });
}

/** The newest link that was sealed before that moment; null: there is none. */
export async function findSealBefore(
  tx: Tx,
  moment: Date,
): Promise<Pick<AuditSeal, 'id' | 'head' | 'toBatch' | 'rowsTotal' | 'sealedAtUs'> | null> {
  const [seal] = await tx.query<Pick<AuditSeal, 'id' | 'head' | 'toBatch' | 'rowsTotal' | 'sealedAtUs'>>({
    text: `select id, head, to_batch as "toBatch", rows_total as "rowsTotal", ${SEALED_AT_US}
             from audit_seals where sealed_at < $1 order by id desc limit 1`,
    values: [moment],
  });
  return seal ?? null;
}

/** A row as it is there now: its place, and its bytes in hexadecimal. */
export interface PresentRow {
  batch: number;
  bytes: string;
}

/**
 * From now on until the end of the transaction all reads see one moment, and nothing is written. Neither a policy nor a function of the
 * name of PostgreSQL's own, made by whoever owns the tables, comes between.
 */
export async function freeze(tx: Tx): Promise<void> {
  await tx.query({ text: 'set transaction isolation level repeatable read, read only' });
  await tx.query({ text: 'set local row_security = off; set local search_path = pg_catalog, public, pg_temp' });
}

/** Rows without a batch: no order of batches comes by them. There are none but of somebody who took the constraint away. */
export function listRowsWithoutBatch(tx: Tx, limit: number): Promise<Pick<PresentRow, 'bytes'>[]> {
  return tx.query<Pick<PresentRow, 'bytes'>>({
    text: `select encode(${SEALED_ROW}, 'hex') as bytes from audit where batch is null limit ${Math.trunc(limit)}`,
  });
}

/**
 * Opens the rows above a batch (null: all) in their order, for fetchRows: read along the index, however many there are.
 * A cursor takes no parameters here; a number is safe as it is.
 */
export async function openRows(tx: Tx, after: number | null): Promise<void> {
  const above = after === null ? 'batch >= -9223372036854775808' : `batch > ${Math.trunc(after)}`;
  await tx.query({ text: 'set local enable_seqscan = off; set local enable_bitmapscan = off' });
  await tx.query({
    text: `declare audit_rows no scroll cursor for
           select batch, encode(${SEALED_ROW}, 'hex') as bytes from audit where ${above} order by ${PLACE}`,
  });
}

export function fetchRows(tx: Tx, count: number): Promise<PresentRow[]> {
  return tx.query<PresentRow>({ text: `fetch ${Math.trunc(count)} from audit_rows` });
}
