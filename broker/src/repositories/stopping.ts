import type { Queryable, Tx } from '../db/database';

/** How much stops. */
export interface Reach {
  organizations: number;
  clients: number;
  connections: number;
}

/** A workflow that has used what is to be stopped. */
export interface StoppingWorkflow {
  /** null: callers that named no workflow. */
  workflowId: string | null;
  /** Releases. */
  count: number;
  lastAt: Date;
}

/** What is stopped, within one organization: all of it unless one of these is given. */
export interface Stopped {
  organizationId: string;
  clientId?: string;
  service?: string;
}

/** Over all organizations that see the service; nothing where the caller's may not stop it. */
export async function reachOfService(tx: Tx, serviceId: string): Promise<Reach> {
  const [row] = await tx.query<Reach>({
    text: 'select organizations, clients, connections from otobot_service_reach($1)',
    values: [serviceId],
  });
  return row as Reach;
}

export async function reachWithin(db: Queryable, { organizationId, clientId }: Stopped): Promise<Reach> {
  const [row] = await db.query<Reach>({
    text: `select 1 as organizations, count(distinct client_id) as clients, count(*) as connections from connections
            where organization_id = $1 and ($2::text is null or client_id = $2)`,
    values: [organizationId, clientId ?? null],
  });
  return row as Reach;
}

/** Of the last 30 days, the busiest first. One pass over the releases of that time. */
export function listStoppingWorkflows(
  db: Queryable,
  { organizationId, clientId, service }: Stopped,
): Promise<StoppingWorkflow[]> {
  return db.query<StoppingWorkflow>({
    text: `select workflow_id as "workflowId", count(*) as count, max(occurred_at) as "lastAt" from audit
            where organization_id = $1 and occurred_at >= otobot_now() - interval '30 days'
              and action = 'credential.read' and code = 'released'
              and ($2::text is null or client_id = $2) and ($3::text is null or service = $3)
            group by workflow_id order by count(*) desc, workflow_id limit 1000`,
    values: [organizationId, clientId ?? null, service ?? null],
  });
}
