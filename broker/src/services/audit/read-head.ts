import type { Database } from '../../db/database';
import { Problem } from '../../errors/problem';
import { findLastSeal } from '../../repositories/audit-seals';
import type { AuditHead } from '../../types/audit-seal';
import type { Authorize } from '../access/authorize';
import type { Caller } from '../access/principal';
import { headOf } from './seal';

/** The newest seal, for whoever keeps it elsewhere. The chain is over all organizations, so only the operator's may ask. */
export type ReadHead = (caller: Caller) => Promise<AuditHead | typeof NOTHING_SEALED>;

const NOTHING_SEALED = { id: 0, head: null, rows: 0, sealedAt: null } as const;

/** `database`: under role otobot_seal. */
export function createReadHead({ database, authorize }: { database: Database; authorize: Authorize }): ReadHead {
  return async (caller) => {
    const { organization } = await authorize(caller, { action: 'audit.head', scope: 'audit:read' });
    if (organization !== 'default') {
      throw new Problem('scope_missing', 'The chain is over all organizations. Read its head with a key of "default".');
    }
    const last = await findLastSeal(database);
    return last === null ? NOTHING_SEALED : headOf(last);
  };
}
