import { randomBytes } from 'node:crypto';
import type { Database } from '../../db/database';
import {
  digestRows,
  findLastBatch,
  findLastSeal,
  hasUnnumberedRows,
  insertSeal,
  SEAL_FORMAT,
  settleBatches,
  takeSealingTurn,
  type LastSeal,
} from '../../repositories/audit-seals';
import type { AuditSeal } from '../../types/audit-seal';
import type { Vault } from '../../vault/vault';
import { closeSeal, FIRST_BATCH, NO_HEAD } from './seal';

export interface SealingParts {
  /** Under role otobot_seal. */
  database: Database;
  vault: Vault;
  processId: string;
}

/** Rows of one seal, about: what the digests of a seal take in memory, and how long PostgreSQL is busy with them (some 30 ms). */
const MOST_ROWS = 10_000;
/** A chain that has not grown for that long is for whoever finds it so, and who keeps him from it is told of. */
const STUCK_AFTER_S = 10;
/** After that long without a seal of its own the process that sealed last is taken for gone. */
const GONE_AFTER_S = 3;
/** A link without rows, so that a chain whose end was cut off does not just look idle. */
const IDLE_SEAL_EVERY_S = 600;
const SALT_BYTES = 16;

/**
 * Seals whatever was written and settled since `last`, in links of a bounded size. Gives the newest link of its own; null where there is
 * nothing to seal, or another process does it. Throws Problem `key_unavailable` or `database_unavailable`; then it all waits, unharmed.
 */
export async function sealSettled(parts: SealingParts, last: LastSeal | null): Promise<AuditSeal | null> {
  const { database, processId } = parts;
  if (last !== null && last.processId !== processId && Math.abs(last.ageSeconds) < GONE_AFTER_S) return null;
  const drawn = await findLastBatch(database);
  // Beyond 2⁵³ they are rounded here, and rows would be taken for sealed that are not.
  if (!Number.isSafeInteger(drawn)) throw new Error(`the numbers of the audit were set to ${drawn}`);
  const idle = last?.toBatch === drawn;
  if (idle && Math.abs(last.ageSeconds) < IDLE_SEAL_EVERY_S) return null;
  const settled = await database.transaction(settleBatches);
  const stuck = last !== null && Math.abs(last.ageSeconds) > STUCK_AFTER_S;
  let newest: AuditSeal | null = null;
  for (;;) {
    const patient: boolean = stuck && newest === null;
    const seal: AuditSeal | null = await database.transaction((tx) => sealPage(tx, parts, { settled, patient }));
    if (seal === null) return newest;
    newest = seal;
    if (seal.rows < MOST_ROWS) return newest;
  }
}

/** Reads the last link again under the lock: another process may have added one meanwhile. */
async function sealPage(
  tx: Parameters<typeof digestRows>[0],
  { vault, processId }: SealingParts,
  { settled, patient }: { settled: number; patient: boolean },
): Promise<AuditSeal | null> {
  if (!(await takeSealingTurn(tx, patient))) return null;
  const last = await findLastSeal(tx);
  const fromBatch = last?.toBatch ?? FIRST_BATCH;
  // Rows below would stand where everything is sealed already.
  if (settled < fromBatch)
    throw new Error(`the numbers of the audit went back: ${settled} after ${fromBatch} was sealed`);
  const salt = randomBytes(SALT_BYTES);
  const page = await digestRows(tx, {
    after: fromBatch,
    upTo: settled,
    most: MOST_ROWS,
    salt,
    from: beginningOf(last),
  });
  const tooSoon = last !== null && Math.abs(last.ageSeconds) < IDLE_SEAL_EVERY_S;
  if (page.rows === 0 && tooSoon) return null;
  if (page.rows === 0 && (await hasUnnumberedRows(tx)))
    throw new Error('the audit has rows with numbers that were never given out');
  const seal = closeSeal(vault, last?.head ?? NO_HEAD, {
    id: (last?.id ?? 0) + 1,
    sealedAtUs: page.now,
    format: SEAL_FORMAT,
    processId,
    ...{ fromBatch, toBatch: page.toBatch, rows: page.rows, days: page.days, salt, rowDigests: page.rowDigests },
    rowsTotal: (last?.rowsTotal ?? 0) + page.rows,
  });
  await insertSeal(tx, seal);
  return seal;
}

/**
 * A lane writes the time of its statement, so what comes is not older than what was sealed; a clock that was set back is looked at as well.
 * A row that somebody dates back further is not sealed, and shows as inserted. Without rows in the last seal nothing is left out.
 */
const beginningOf = (last: LastSeal | null): string => Object.keys(last?.days ?? {}).sort()[0] ?? '-infinity';
