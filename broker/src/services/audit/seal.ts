import type { AuditHead, AuditSeal } from '../../types/audit-seal';
import type { MacParts, Vault } from '../../vault/vault';

/** Below the number of every batch: where the first seal begins. */
export const FIRST_BATCH = Number.MIN_SAFE_INTEGER;

/** What the first seal has in place of a head before it. */
export const NO_HEAD = Buffer.alloc(0);

export type Unsealed = Omit<AuditSeal, 'head' | 'keyVersion'>;

/** Closes a link: its head covers the head before it and everything the link says. Throws Problem `key_unavailable`. */
export function closeSeal(vault: Vault, before: Buffer, link: Unsealed): AuditSeal {
  const { mac, keyVersion } = vault.mac('audit', partsOf(before, link));
  return { ...link, keyVersion, head: mac };
}

/** Whether the link is as it was closed, after that head. Throws Problem `key_unavailable` when its key is not held. */
export function sealHolds(vault: Vault, before: Buffer, seal: AuditSeal): boolean {
  return vault.verifyMac('audit', seal.keyVersion, partsOf(before, seal), seal.head);
}

function partsOf(before: Buffer, { id, format, processId, days, salt, rowDigests, ...numbers }: Unsealed): MacParts {
  const { sealedAtUs, fromBatch, toBatch, rows, rowsTotal } = numbers;
  const counted = [id, sealedAtUs, fromBatch, toBatch, rows, rowsTotal].map(String);
  const byDay = Object.entries(days).sort(([a], [b]) => (a < b ? -1 : 1));
  return [`otobot/audit-seal/v${format}`, before, ...counted, processId, JSON.stringify(byDay), salt, rowDigests];
}

export function headOf({
  id,
  head,
  rowsTotal,
  sealedAtUs,
}: Pick<AuditSeal, 'id' | 'head' | 'rowsTotal' | 'sealedAtUs'>): AuditHead {
  return { id, head: head.toString('hex'), rows: rowsTotal, sealedAt: new Date(sealedAtUs / 1_000) };
}
