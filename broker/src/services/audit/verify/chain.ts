import { Problem } from '../../../errors/problem';
import type { AuditSeal } from '../../../types/audit-seal';
import type { Vault } from '../../../vault/vault';
import { FIRST_BATCH, NO_HEAD, sealHolds } from '../seal';
import { findingAt, type Finding, type Span } from './finding';

/** Where a check begins: the seal before the first that is checked, whose head is believed. */
export type ChainStart = Pick<AuditSeal, 'id' | 'head' | 'toBatch' | 'rowsTotal' | 'sealedAtUs'>;

export interface CheckedSeal {
  span: Span;
  /** It fits the seal before it, so it says what its sealer wrote. */
  holds: boolean;
  /** The seal before it is not there. */
  afterGap: boolean;
}

export interface ChainCheck {
  /** The next seal, in the order of their ids. */
  check(seal: AuditSeal): CheckedSeal;
  /** About seals, not about rows. */
  findings: Finding[];
}

const at = (us: number): Date => new Date(us / 1_000);

/** Follows the heads: each must be what its seal and the head before it make. */
export function followChain(vault: Vault, start: ChainStart | null): ChainCheck {
  const findings: Finding[] = [];
  let before: Omit<ChainStart, 'sealedAtUs'> & { sealedAt: Date | null } = {
    ...(start ?? { id: 0, head: NO_HEAD, toBatch: FIRST_BATCH, rowsTotal: 0 }),
    sealedAt: start && at(start.sealedAtUs),
  };
  let running: Finding | null = null;

  const toldMissing = (seal: AuditSeal): boolean => {
    if (seal.id === before.id + 1) return false;
    const span = { seal: before.id + 1, lastSeal: seal.id - 1, since: before.sealedAt, until: at(seal.sealedAtUs) };
    findings.push(
      findingAt(span, 'seal_missing', { rows: Math.max(seal.rowsTotal - seal.rows - before.rowsTotal, 0) }),
    );
    return true;
  };

  return {
    findings,
    check(seal) {
      const span = { seal: seal.id, lastSeal: seal.id, since: before.sealedAt, until: at(seal.sealedAtUs) };
      // Behind a gap there is no head to compare with: it is believed, and what comes after it is checked.
      const afterGap = toldMissing(seal);
      const fault = afterGap ? null : faultOf(vault, before.head, seal);
      // An altered head makes the next seal look wrong as well: they are one place.
      if (fault !== null && running?.fault === fault) Object.assign(running, { lastSeal: seal.id, until: span.until });
      else running = fault && findingAt(span, fault);
      if (running !== null && running.seal === seal.id) findings.push(running);
      before = { ...seal, sealedAt: span.until };
      return { span, holds: fault === null, afterGap };
    },
  };
}

function faultOf(vault: Vault, before: Buffer, seal: AuditSeal): 'seal_altered' | 'key_unavailable' | null {
  try {
    return sealHolds(vault, before, seal) ? null : 'seal_altered';
  } catch (error) {
    if (error instanceof Problem && error.code === 'key_unavailable') return 'key_unavailable';
    throw error;
  }
}
