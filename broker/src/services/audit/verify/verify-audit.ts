import type { Database, Tx } from '../../../db/database';
import {
  DIGEST_BYTES,
  findLastBatch,
  findSealBefore,
  findSealHead,
  freeze,
  listRowsWithoutBatch,
  listSeals,
  SEAL_FORMAT,
} from '../../../repositories/audit-seals';
import type { AuditHead, AuditSeal } from '../../../types/audit-seal';
import type { Vault } from '../../../vault/vault';
import { headOf } from '../seal';
import { followChain, type ChainCheck, type CheckedSeal } from './chain';
import { compareRows } from './compare-rows';
import { accountForDroppedDays, type DroppedDays } from './dropped-days';
import { findingAt, type Finding, type Span } from './finding';
import { detailOf, momentOf, nameOf } from './row-bytes';
import { createRowFindings, type RowFindings } from './row-findings';
import { readRows, type RowReader } from './row-reader';

/** A head that somebody remembers: the chain must still have it. */
export interface Anchor {
  id: number;
  head: string;
}

export interface Verification {
  /** In the order of their places; the first is where to look. Empty: the audit is as it was written. */
  findings: Finding[];
  /** Rows that are not as they were sealed beyond those that are listed. */
  unlisted: number;
  seals: number;
  rows: number;
  /** The end of the chain; null: there is none. */
  head: AuditHead | null;
  /** Rows that no seal covers yet, and the oldest of them; null: none. */
  unsealed: { rows: number; oldest: Date } | null;
  /** Rows that went by age; null: none. */
  dropped: { rows: number; upToDay: string } | null;
}

export interface VerifyOptions {
  /** Seals made before that are not checked; null: all are. */
  since: Date | null;
  anchors: readonly Anchor[];
  onProgress?: (done: { seals: number; rows: number }) => void;
}

const SEALS_AT_ONCE = 20;

/**
 * Reads the whole audit beside its seals, in one pass and with constant memory, as of one moment. `database` needs the rights of the owner
 * of the tables, and no limit on how long a statement takes.
 */
export async function verifyAudit(database: Database, vault: Vault, options: VerifyOptions): Promise<Verification> {
  return database.transaction(async (tx) => {
    await freeze(tx);
    const start = options.since && (await findSealBefore(tx, options.since));
    const reader = await readRows(tx, start?.toBatch ?? null);
    const pass: Pass = {
      reader,
      chain: followChain(vault, start),
      rows: createRowFindings(),
      days: accountForDroppedDays(),
    };
    const done = { seals: 0, rows: 0 };
    let last: AuditSeal | null = null;
    for await (const seal of sealsAfter(tx, start?.id ?? 0)) {
      done.rows += await checkSeal(pass, seal);
      done.seals++;
      last = seal;
      if (done.seals % SEALS_AT_ONCE === 0) options.onProgress?.(done);
    }
    const after = await checkUnsealed(tx, reader, last);
    const { dropped, findings } = pass.days.end();
    const ends = await checkEnds(tx, last, options.anchors);
    const all = [...pass.chain.findings, ...pass.rows.end(), ...findings, ...after.findings, ...ends].sort(
      (a, b) => a.seal - b.seal,
    );
    const head = last && headOf(last);
    return { findings: all, unlisted: pass.rows.unlisted(), ...done, head, unsealed: after.unsealed, dropped };
  });
}

interface Pass {
  reader: RowReader;
  chain: ChainCheck;
  rows: RowFindings;
  days: DroppedDays;
}

async function* sealsAfter(tx: Tx, start: number): AsyncGenerator<AuditSeal> {
  for (let after = start; ;) {
    const page = await listSeals(tx, { after, limit: SEALS_AT_ONCE });
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

/** Gives how many of its rows are as they were sealed. */
async function checkSeal({ reader, chain, rows, days }: Pass, seal: AuditSeal): Promise<number> {
  const checked = chain.check(seal);
  const { span } = checked;
  await reader.upTo(seal.fromBatch, (row) => {
    // Below the first seal, or where one is missing: that is told already.
    if (!checked.afterGap) rows.outside(span, row);
  });
  if (!isReadable(seal, checked, chain.findings)) {
    await reader.upTo(seal.toBatch, () => undefined);
    return 0;
  }
  const comparison = compareRows(seal);
  let intact = 0;
  await reader.upTo(seal.toBatch, ({ bytes }) => {
    if (!comparison.add(bytes)) return;
    intact++;
    if (bytes.includes(PRUNED)) noteDropped(days, bytes, span.until);
  });
  const compared = comparison.end();
  // Where the seal itself was altered so that nothing fits it any more, its rows are not to blame.
  if (!checked.holds && intact === 0) return 0;
  days.present(compared.intact);
  if (!days.explains(seal, compared, span)) rows.compared(span, seal, compared);
  return intact;
}

/** Whether its rows can be compared at all; where not, the seal is told of. */
function isReadable(seal: AuditSeal, { span, holds }: CheckedSeal, findings: Finding[]): boolean {
  if (seal.format !== SEAL_FORMAT) {
    if (holds) findings.push(findingAt(span, 'format_unknown'));
    return false;
  }
  return seal.rowDigests.length === seal.rows * DIGEST_BYTES;
}

const PRUNED = Buffer.from('audit.pruned').toString('hex');

function noteDropped(days: DroppedDays, hex: string, sealedAt: Date | null): void {
  const bytes = Buffer.from(hex, 'hex');
  if (nameOf(bytes).action === 'audit.pruned') days.told(detailOf(bytes), sealedAt);
}

const UNNUMBERED_LISTED = 100;

/** What comes after the last seal: rows that wait for the next, and rows that none will hold. */
async function checkUnsealed(
  tx: Tx,
  reader: RowReader,
  last: AuditSeal | null,
): Promise<{ unsealed: Verification['unsealed']; findings: Finding[] }> {
  const strangers = await listRowsWithoutBatch(tx, UNNUMBERED_LISTED);
  const drawn = await findLastBatch(tx);
  let rows = 0;
  let oldest = Infinity;
  await reader.upTo(Infinity, (row) => {
    if (row.batch > drawn || !Number.isSafeInteger(row.batch)) {
      if (strangers.length < UNNUMBERED_LISTED) strangers.push(row);
      return;
    }
    rows++;
    oldest = Math.min(oldest, momentOf(Buffer.from(row.bytes, 'hex')));
  });
  const id = (last?.id ?? 0) + 1;
  const span: Span = { seal: id, lastSeal: id, since: last && headOf(last).sealedAt, until: null };
  return {
    unsealed: rows === 0 ? null : { rows, oldest: new Date(oldest) },
    findings: strangers.map(({ bytes }) =>
      findingAt(span, 'row_unnumbered', { rows: 1, row: nameOf(Buffer.from(bytes, 'hex')) }),
    ),
  };
}

/** A chain cannot show that its end is missing; whoever remembers a head can. */
async function checkEnds(tx: Tx, last: AuditSeal | null, anchors: readonly Anchor[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  const since = last && headOf(last).sealedAt;
  for (const { id, head } of anchors) {
    const found = await findSealHead(tx, id);
    const lastId = last?.id ?? 0;
    if (found === null && id > lastId) {
      findings.push(findingAt({ seal: lastId + 1, lastSeal: id, since, until: null }, 'end_missing'));
    } else if (found !== null && found.toString('hex') !== head) {
      findings.push(findingAt({ seal: id, lastSeal: id, since: null, until: null }, 'end_replaced'));
    }
  }
  return findings;
}
