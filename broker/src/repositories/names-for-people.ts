import type { Tx } from '../db/database';
import type { CredentialName } from './connect-links';

/** What people call a client and a service. */
export interface NamesForPeople {
  clientName: string;
  serviceName: string;
}

/** Of a client and a service that are there. */
export async function namesForPeople(
  tx: Tx,
  organizationId: string,
  { clientId, service }: Pick<CredentialName, 'clientId' | 'service'>,
): Promise<NamesForPeople> {
  const [row] = await tx.query<NamesForPeople>({
    text: `select c.name as "clientName", s.display_name as "serviceName"
             from clients c cross join otobot_service($1, $3) s where c.organization_id = $1 and c.client_id = $2`,
    values: [organizationId, clientId, service],
  });
  return row as NamesForPeople;
}
