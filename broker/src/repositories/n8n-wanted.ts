/**
 * What a pushed credential rests on, for statements that name its row n: i its instance, o the organization, c the connection (none, where it was
 * deleted), t its token. A connection of another organization is none.
 */
export const N8N_FACTS = `
  join n8n_instances i on i.id = n.instance_id and i.organization_id = n.organization_id
  join organizations o on o.id = n.organization_id
  left join connections c on c.id = n.connection_id and c.organization_id = n.organization_id
  left join clients cl on cl.organization_id = c.organization_id and cl.client_id = c.client_id
  left join lateral otobot_service(c.organization_id, c.service) s on true
  left join token_sets t on t.connection_id = c.id and t.generation = c.generation and t.kind = 'current'`;

/** Its row is of no use any more once nothing is left at n8n. */
export const N8N_TO_GO = '(n.removed_at is not null or i.removed_at is not null or c.id is null)';

/** Whether a credential may stand in n8n: the same switches that stop a read (services/credentials/checks). */
export const N8N_WANTED = `(not ${N8N_TO_GO} and o.suspended_at is null and cl.suspended_at is null
  and s.id is not null and s.suspended_at is null and c.status <> 'disabled')`;
