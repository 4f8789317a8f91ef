import type { Queryable } from '../db/database';

/** One line of the audit, as it is stored. */
export interface AuditEntry {
  organizationId: string | null;
  action: string;
  /** `released`, `admitted`, or the code of the problem with which it was refused. */
  code: string;
  actor: string;
  clientId: string | null;
  service: string | null;
  connectionId: string | null;
  generation: number | null;
  address: string | null;
  userAgent: string | null;
  requestId: string | null;
  workflowId: string | null;
  executionId: string | null;
  /** Refusals that were counted instead of written one by one, and the like. */
  detail: Readonly<Record<string, string | number>> | null;
}

/** What a decision rested on; null where it does not depend on that. */
export interface DecidedOn {
  policyVersion: number | null;
  connectionVersion: number | null;
  /** The answer is worth nothing, and is not given, from this moment on. */
  usableUntil: Date | null;
}

export interface AuditRow extends AuditEntry, DecidedOn {
  sequence: number;
}

// One place for the order of columns: name in the table, type, value.
const COLUMNS: readonly [name: string, type: string, value: (row: AuditRow) => unknown][] = [
  ['sequence', 'bigint', (r) => r.sequence],
  ['organization_id', 'uuid', (r) => r.organizationId],
  ['action', 'text', (r) => r.action],
  ['code', 'text', (r) => r.code],
  ['actor', 'text', (r) => r.actor],
  ['client_id', 'text', (r) => r.clientId],
  ['service', 'text', (r) => r.service],
  ['connection_id', 'uuid', (r) => r.connectionId],
  ['generation', 'integer', (r) => r.generation],
  ['address', 'text', (r) => r.address],
  ['user_agent', 'text', (r) => r.userAgent],
  ['request_id', 'text', (r) => r.requestId],
  ['workflow_id', 'text', (r) => r.workflowId],
  ['execution_id', 'text', (r) => r.executionId],
  ['detail', 'jsonb', (r) => r.detail && JSON.stringify(r.detail)],
];
const DECIDED_ON: typeof COLUMNS = [
  ['policy_version', 'bigint', (r) => r.policyVersion],
  ['connection_version', 'bigint', (r) => r.connectionVersion],
  ['usable_until', 'timestamptz', (r) => r.usableUntil],
];
const ALL = [...COLUMNS, ...DECIDED_ON];
const NAMES = COLUMNS.map(([name]) => name).join(', ');
const INPUT = `select * from unnest(${ALL.map(([, type], index) => `$${index + 2}::${type}[]`).join(', ')})
                 as i (${ALL.map(([name]) => name).join(', ')})`;
const STILL_TRUE = `
      (i.policy_version is null or i.policy_version = (select o.policy_version from organizations o where o.id = i.organization_id))
  and (i.connection_version is null or i.connection_version = (select c.version from connections c where c.id = i.connection_id))
  and (i.usable_until is null or i.usable_until > otobot_now())`;

// Rows of unknown outcome are hardly older than the lane's patience, so ten seconds of the organizations' rows are read, by index.
const WRITTEN_BEFORE = ['in (select organization_id from i)', 'is null']
  .map(
    (theirs) => `select a.sequence from audit a
                  where a.organization_id ${theirs} and a.occurred_at > otobot_now() - interval '10 seconds' and a.process_id = $1`,
  )
  .join(' union all ');

/**
 * Commits a batch and says, by sequence, whose decision still rests on the present facts; the others are not written. This one statement
 * is both the audit and the freshness check: a revocation that is visible to it is obeyed, in every process, with nothing to invalidate.
 * `again`: the outcome of an earlier try is unknown, so rows that it did commit are not written twice.
 */
export async function insertAuditRows(
  db: Queryable,
  processId: string,
  rows: readonly AuditRow[],
  { again }: { again: boolean },
): Promise<{ fresh: Set<number>; databaseNow: Date | null }> {
  const unwritten = again ? `where i.sequence not in (${WRITTEN_BEFORE})` : '';
  const result = await db.query<{ sequence: number; now: Date }>({
    name: again ? 'insert-audit-rows-again' : 'insert-audit-rows',
    text: `with i as materialized (${INPUT}), fresh as (select * from i where ${STILL_TRUE}),
                batch as materialized (select otobot_audit_batch() as number),
                written as (insert into audit (occurred_at, process_id, batch, ${NAMES})
                            select otobot_now(), $1, (select number from batch), ${NAMES} from fresh i ${unwritten})
           select sequence, otobot_now() as now from fresh`,
    values: [processId, ...ALL.map(([, , value]) => rows.map(value))],
  });
  return { fresh: new Set(result.map(({ sequence }) => sequence)), databaseNow: result[0]?.now ?? null };
}
