import { randomUUID } from 'node:crypto';
import { connectDatabase, connectSession, endSession, type Database } from '../../src/db/database';
import type { AuditEntry } from '../../src/repositories/audit';
import { listDataKeys } from '../../src/repositories/encryption-keys';
import { findLastSeal, listSeals } from '../../src/repositories/audit-seals';
import { sealSettled } from '../../src/services/audit/seal-settled';
import { openVault } from '../../src/services/encryption-keys';
import type { AuditSeal } from '../../src/types/audit-seal';
import type { Roots } from '../../src/vault/roots';
import type { Vault } from '../../src/vault/vault';
import { makeRoots, silent } from '../support/broker';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { auditEntry, startLane } from './entry';

/** An audit that lanes of several processes write to, and sealers that are told when to seal. */
export interface SealingScene {
  db: TestDatabase;
  owner: Database;
  roots: Roots;
  vault: Vault;
  reloadKeys(): Promise<void>;
  /** Writes entries of one process, each with a statement of its own or, given as a list, together. */
  write(...entries: (Partial<AuditEntry> | Partial<AuditEntry>[])[]): Promise<void>;
  /** Seals what is there, as one process or another. `gone`: whoever sealed last has not been seen for long. */
  seal(processId?: string, options?: { gone?: boolean }): Promise<AuditSeal | null>;
  /** Time goes on, in the whole database, for whoever connects from now on. */
  passes(time: string): Promise<void>;
  /** Lets nobody add a seal until it is released. */
  holdSeals(): Promise<{ release(): Promise<void> }>;
  close(): Promise<void>;
}

export async function setSealingScene(): Promise<SealingScene> {
  const db = await createTestDatabase();
  const roots = await makeRoots(db);
  const owner = connectDatabase({ url: db.url, role: null, max: 2, statementTimeoutMs: 60_000, log: silent });
  const lanes = connectDatabase({ url: db.url, role: 'otobot_audit', max: 2, log: silent });
  const connectSealing = (): Database => connectDatabase({ url: db.url, role: 'otobot_seal', max: 2, log: silent });
  let sealing = connectSealing();
  const vault = await openVault(owner, roots);
  const lane = startLane(lanes);
  const first = randomUUID();
  return {
    ...{ db, owner, roots, vault },
    reloadKeys: async () => {
      vault.reload(await listDataKeys(owner));
    },
    async write(...entries) {
      for (const together of entries) {
        await Promise.all([together].flat().map((entry) => lane.commit(auditEntry(entry))));
      }
    },
    seal: async (processId = first, { gone = false } = {}) => {
      const last = await findLastSeal(sealing);
      return sealSettled(
        { database: sealing, vault, processId },
        gone && last !== null ? { ...last, ageSeconds: 60 } : last,
      );
    },
    async passes(time) {
      await db.query(
        `do $$ begin execute format('alter database %I set otobot.clock_offset = %L', current_database(), '${time}'); end $$`,
      );
      await sealing.close();
      sealing = connectSealing();
    },
    async holdSeals() {
      const session = await connectSession(db.url, null);
      await session.query('begin; lock table audit_seals in share mode');
      return { release: () => endSession(session) };
    },
    close: async () => {
      await Promise.all([owner.close(), lanes.close(), sealing.close()]);
      await db.drop();
    },
  };
}

export const readSeals = ({ owner }: Pick<SealingScene, 'owner'>): Promise<AuditSeal[]> =>
  owner.transaction((tx) => listSeals(tx, { after: 0, limit: 10_000 }));
