import type { Tx } from '../db/database';
import type { AuditEntry } from './audit';

export interface WorkflowUsage {
  /** null: callers that named no workflow. */
  workflowId: string | null;
  count: number;
  lastAt: Date;
}

/** How often a connection's credential was released in the last 30 days, by workflow, the busiest first. */
export async function countReleases(
  tx: Tx,
  organizationId: string,
  connectionId: string,
): Promise<{ since: Date; workflows: WorkflowUsage[] }> {
  const [row] = await tx.query<{ since: Date }>({ text: `select otobot_now() - interval '30 days' as since` });
  const { since } = row as { since: Date };
  const workflows = await tx.query<WorkflowUsage>({
    text: `select workflow_id as "workflowId", count(*) as count, max(occurred_at) as "lastAt" from audit
            where organization_id = $1 and connection_id = $2 and occurred_at >= $3 and action = 'credential.read' and code = 'released'
            group by workflow_id order by count(*) desc, workflow_id limit 1000`,
    values: [organizationId, connectionId, since],
  });
  return { since, workflows };
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
  /** null: 24 hours before `until`. */
  since: Date | null;
  /** null: now. */
  until: Date | null;
  onlyClients: readonly string[] | null;
  onlyServices: readonly string[] | null;
}

/** Place of the last record of the previous page. */
export type AuditPosition = readonly [occurredAt: string, processId: string, sequence: number];

/** Newest first. The bounds on occurred_at leave out the days that are not concerned. */
export function listAudit(
  tx: Tx,
  organizationId: string,
  { limit, after, filter }: { limit: number; after: AuditPosition | null; filter: AuditFilter },
): Promise<AuditRecord[]> {
  const { clientId, service, actor, action, since, until, onlyClients, onlyServices } = filter;
  return tx.query<AuditRecord>({
    text: `select occurred_at as "occurredAt", to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position,
                  process_id as "processId", sequence, action, code, actor, client_id as "clientId", service, connection_id as "connectionId",
                  generation, address, user_agent as "userAgent", request_id as "requestId", workflow_id as "workflowId",
                  execution_id as "executionId", detail
             from audit
            where organization_id = $1
              and occurred_at >= coalesce($2::timestamptz, coalesce($3::timestamptz, otobot_now()) - interval '24 hours')
              and occurred_at <= coalesce($3::timestamptz, otobot_now())
              and ($4::text is null or client_id = $4) and (not $5::boolean or client_id is null)
              and ($6::text is null or service = $6) and ($7::text is null or actor = $7) and ($8::text is null or action = $8)
              and ($9::text[] is null or client_id = any ($9)) and ($10::text[] is null or service = any ($10))
              and ($11::timestamptz is null or (occurred_at, process_id, sequence) < ($11, $12::uuid, $13::bigint))
            order by occurred_at desc, process_id desc, sequence desc limit $14`,
    values: [
      organizationId,
      since,
      until,
      clientId ?? null,
      clientId === null,
      service ?? null,
      actor ?? null,
      action ?? null,
      onlyClients,
      onlyServices,
      after?.[0] ?? null,
      after?.[1] ?? null,
      after?.[2] ?? null,
      limit,
    ],
  });
}
