import { arrayLiteral } from '../db/array-literal';
import type { AuditRow } from './audit';

/** One place for the order of columns: name in the table, type, value. */
type Column = readonly [name: string, type: string, value: (row: AuditRow) => string | number | Date | null];
const COLUMNS: readonly Column[] = [
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
const DECIDED_ON: readonly Column[] = [
  ['policy_version', 'bigint', (r) => r.policyVersion],
  ['connection_version', 'bigint', (r) => r.connectionVersion],
  ['usable_until', 'timestamptz', (r) => r.usableUntil],
];
const QUOTA: readonly Column[] = [
  ['key_id', 'text', (r) => r.quota?.keyId ?? null],
  ['per_day', 'bigint', (r) => r.quota?.perDay ?? null],
  ['per_month', 'bigint', (r) => r.quota?.perMonth ?? null],
];
const NAMES = COLUMNS.map(([name]) => name).join(', ');
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

const WITHOUT_QUOTAS = `
  placed as not materialized (select *, false as over, null::timestamptz as free_at from judged)`;

// The batch, with its lock, comes before the lock of a key's row: who waits for such a row must not be what the sealer waits for, while the
// one who holds it waits behind the sealer. And keys are taken in one order, so that no two batches wait for each other.
const WITHIN_QUOTAS = `
  wanted as materialized (
    select key_id, count(*), min(per_day) as per_day, min(per_month) as per_month, max(address) as address, (select number from batch) as batch
      from judged where holds and not written and key_id is not null group by key_id order by key_id),
  taken as materialized (
    select w.key_id, t.granted, t.free_at
      from wanted w, lateral otobot_take_from_quota(w.key_id, w.count, w.per_day, w.per_month, w.address) t where w.batch is not null),
  numbered as materialized (
    select *, row_number() over (partition by key_id, holds and not written order by sequence) as place from judged),
  placed as materialized (
    select n.*, coalesce(holds and not written and place > granted, false) as over, free_at from numbered n left join taken using (key_id))`;

export interface AuditStatement {
  name: string;
  text: string;
  values: (processId: string, rows: readonly AuditRow[]) => unknown[];
}

/** With `again` it looks for rows that were written before; with `quotas` it counts. Most batches need neither and do not pay for it. */
export function auditStatement({ again, quotas }: { again: boolean; quotas: boolean }): AuditStatement {
  const columns = [...COLUMNS, ...DECIDED_ON, ...(quotas ? QUOTA : [])];
  const types = columns.map(([, type], index) => `$${index + 2}::${type}[]`).join(', ');
  return {
    name: ['insert-audit-rows', again && 'again', quotas && 'within-quotas'].filter(Boolean).join('-'),
    text: `
      with i as materialized (select * from unnest(${types}) as i (${columns.map(([name]) => name).join(', ')})),
      judged as materialized (
        select i.*, coalesce(${STILL_TRUE}, false) as holds, ${again ? `sequence in (${WRITTEN_BEFORE})` : 'false'} as written from i),
      batch as materialized (select otobot_audit_batch() as number), ${quotas ? WITHIN_QUOTAS : WITHOUT_QUOTAS},
      inserted as (
        insert into audit (occurred_at, process_id, batch, ${NAMES})
        select otobot_now(), $1, (select number from batch), ${NAMES} from placed where holds and not written and not over)
      select otobot_now() as now, array(select sequence::float8 from placed where not holds) as stale,
             array(select sequence::float8 from placed where over) as over, array(select free_at from placed where over) as "freeAt"`,
    values: (processId, rows) => [processId, ...columns.map(([, , value]) => arrayLiteral(rows, value))],
  };
}
