import type { Tx } from '../db/database';

export interface OutboxEvent {
  organizationId: string;
  type: string;
  clientId: string | null;
  service: string | null;
  connectionId: string | null;
  data: Readonly<Record<string, unknown>>;
}

/** In the transaction of the change that it tells of. */
export async function insertEvent(
  tx: Tx,
  { organizationId, type, clientId, service, connectionId, data }: OutboxEvent,
): Promise<void> {
  await tx.query({
    text: 'insert into outbox (organization_id, type, client_id, service, connection_id, data) values ($1, $2, $3, $4, $5, $6)',
    values: [organizationId, type, clientId, service, connectionId, data],
  });
}

/** Of what concerns the whole installation: to the operator's organization. */
export async function tellOperator(tx: Tx, { type, data }: Pick<OutboxEvent, 'type' | 'data'>): Promise<void> {
  await tx.query({
    text: `insert into outbox (organization_id, type, data) select id, $1, $2 from organizations where name = 'default'`,
    values: [type, data],
  });
}
