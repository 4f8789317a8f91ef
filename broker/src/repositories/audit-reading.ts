import type { Tx } from '../db/database';
import type { AuditEntry } from './audit';

export interface WorkflowUsage {
  /** null: callers that named no workflow. */
  workflowId: string | null;
  count: number;
  lastAt: Date;
  /** How many different executions were named. */
  executions: number;
}

/** How often a connection's credential was released since then, by workflow, the busiest first; without `since`: in the last 30 days. */
export async function countReleases(
  tx: Tx,
  { organizationId, connectionId, since }: { organizationId: string; connectionId: string; since: Date | null },
): Promise<{ since: Date; workflows: WorkflowUsage[] }> {
  const from = await startOf(tx, since);
  const workflows = await tx.query<WorkflowUsage>({
    text: `select workflow_id as "workflowId", count(*) as count, max(occurred_at) as "lastAt",
                  count(distinct execution_id) as executions
             from audit
            where organization_id = $1 and connection_id = $2 and occurred_at >= $3 and action = 'credential.read' and code = 'released'
            group by workflow_id order by count(*) desc, workflow_id limit 1000`,
    values: [organizationId, connectionId, from],
  });
  return { since: from, workflows };
}

/** Known before the statement is planned, so that days before it are not even looked at. */
async function startOf(tx: Tx, since: Date | null): Promise<Date> {
  const [row] = await tx.query<{ since: Date }>({
    text: `select coalesce($1::timestamptz, otobot_now() - interval '30 days') as since`,
    values: [since],
  });
  return (row as { since: Date }).since;
}

export interface AuditRecord extends Omit<AuditEntry, 'organizationId'> {
  occurredAt: Date;
  /** To the microsecond; with processId and sequence it is the record's place. */
  position: string;
  processId: string;
  sequence: number;
}

export interface AuditFilter {
  /** null: what concerns the organization itself, or no client; undefined: all. */
  clientId?: string | null | undefined;
  service?: string | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  since: Date;
  until: Date;
  onlyClients: readonly string[] | null;
  onlyServices: readonly string[] | null;
}

/** Place of the last record of the previous page. */
export type AuditPosition = readonly [occurredAt: string, processId: string, sequence: number];

/** What is asked for where it is not said: the 24 hours before `until`, and until now. */
export async function spanOfAudit(tx: Tx, given: { [bound in keyof Span]?: Date | undefined }): Promise<Span> {
  const [row] = await tx.query<Span>({
    text: `select coalesce($1::timestamptz, coalesce($2::timestamptz, otobot_now()) - interval '24 hours') as since,
                  coalesce($2::timestamptz, otobot_now()) as until`,
    values: [given.since ?? null, given.until ?? null],
  });
  return row as Span;
}

interface Span {
  since: Date;
  until: Date;
}

export interface AuditPage {
  limit: number;
  after: AuditPosition | null;
  filter: AuditFilter;
  order: 'newest first' | 'oldest first';
}

/**
 * A page costs a page: records come from the index in their order, and days that are not concerned are left out when it is planned. Where a
 * filter lets little through, it is read past what it does not.
 */
export async function listAudit(
  tx: Tx,
  organizationId: string,
  { limit, after, filter, order }: AuditPage,
): Promise<AuditRecord[]> {
  const { clientId, service, actor, action, since, until, onlyClients, onlyServices } = filter;
  // Nobody has looked yet how much there is of today, and for the little that is then believed a whole day would be sorted (*measured*,
  // a million rows: 2 s instead of 20 ms).
  await tx.query({ text: 'set local enable_bitmapscan = off; set local enable_seqscan = off' });
  const [beyond, direction] = order === 'newest first' ? ['<', 'desc'] : ['>', 'asc'];
  return tx.query<AuditRecord>({
    text: `select occurred_at as "occurredAt", to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position,
                  process_id as "processId", sequence, action, code, actor, client_id as "clientId", service, connection_id as "connectionId",
                  generation, address, user_agent as "userAgent", request_id as "requestId", workflow_id as "workflowId",
                  execution_id as "executionId", detail
             from audit
            where organization_id = $1 and occurred_at >= $2::timestamptz and occurred_at <= $3::timestamptz
              and ($4::text is null or client_id = $4) and (not $5::boolean or client_id is null)
              and ($6::text is null or service = $6) and ($7::text is null or actor = $7) and ($8::text is null or action = $8)
              and ($9::text[] is null or client_id = any ($9)) and ($10::text[] is null or service = any ($10))
              and ($11::timestamptz is null or (occurred_at, process_id, sequence) ${beyond} ($11, $12::uuid, $13::bigint))
            order by occurred_at ${direction}, process_id ${direction}, sequence ${direction} limit $14`,
    values: [
      ...[organizationId, since, until, clientId ?? null, clientId === null],
      ...[service ?? null, actor ?? null, action ?? null, onlyClients, onlyServices],
      ...[after?.[0] ?? null, after?.[1] ?? null, after?.[2] ?? null, limit],
    ],
  });
}
