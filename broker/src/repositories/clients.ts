import type { Tx } from '../db/database';
import type { Listed } from './listed';
import { suspended, SUSPENDED, type Suspension } from './suspension';

export interface Client {
  clientId: string;
  name: string;
  email: string | null;
  locale: string | null;
  suspendedAt: Date | null;
  /** What was written when he was suspended. */
  suspendedReason: string | null;
  createdAt: Date;
  updatedAt: Date;
}

export type ClientDetails = Pick<Client, 'name' | 'email' | 'locale'>;

const COLUMNS = `client_id as "clientId", name, email, locale, suspended_at as "suspendedAt",
  case when suspended_at is not null then suspended_reason end as "suspendedReason", created_at as "createdAt", updated_at as "updatedAt"`;

/** By Client ID: the rows of the organization in the order of its key, until the page is full. */
export function listClients(tx: Tx, organizationId: string, { limit, after, only, search }: Listed): Promise<Client[]> {
  return tx.query<Client>({
    text: `select ${COLUMNS} from clients
            where organization_id = $1 and ($2::text is null or client_id > $2) and ($3::text[] is null or client_id = any ($3))
              and ($5::text is null or strpos(lower(client_id), lower($5)) > 0 or strpos(lower(name), lower($5)) > 0)
            order by client_id limit $4`,
    values: [organizationId, after, only, limit, search],
  });
}

export async function findClient(tx: Tx, organizationId: string, clientId: string): Promise<Client | null> {
  const [row] = await tx.query<Client>({
    text: `select ${COLUMNS} from clients where organization_id = $1 and client_id = $2`,
    values: [organizationId, clientId],
  });
  return row ?? null;
}

/** Keeps a client from being deleted until the end of the transaction. False: there is none. */
export async function holdClient(tx: Tx, organizationId: string, clientId: string): Promise<boolean> {
  const rows = await tx.query({
    text: 'select from clients where organization_id = $1 and client_id = $2 for key share',
    values: [organizationId, clientId],
  });
  return rows.length > 0;
}

/** Violates a unique constraint when the Client ID is taken. */
export async function insertClient(
  tx: Tx,
  organizationId: string,
  clientId: string,
  details: ClientDetails,
): Promise<Client> {
  const [row] = await tx.query<Client>({
    text: `insert into clients (organization_id, client_id, name, email, locale) values ($1, $2, $3, $4, $5) returning ${COLUMNS}`,
    values: [organizationId, clientId, details.name, details.email, details.locale],
  });
  return row as Client;
}

export async function updateClient(
  tx: Tx,
  organizationId: string,
  clientId: string,
  details: ClientDetails,
): Promise<Client | null> {
  const [row] = await tx.query<Client>({
    text: `update clients set name = $3, email = $4, locale = $5, updated_at = otobot_now()
            where organization_id = $1 and client_id = $2 returning ${COLUMNS}`,
    values: [organizationId, clientId, details.name, details.email, details.locale],
  });
  return row ?? null;
}

/** null: there is no such client. */
export async function setClientSuspended(
  tx: Tx,
  organizationId: string,
  clientId: string,
  suspension: Suspension | null,
): Promise<Client | null> {
  const [row] = await tx.query<Client>({
    text: `update clients set ${SUSPENDED}, updated_at = otobot_now() where organization_id = $3 and client_id = $4 returning ${COLUMNS}`,
    values: [...suspended(suspension), organizationId, clientId],
  });
  return row ?? null;
}

/** Its connections, tokens and own apps go with it. False: there was none. */
export async function deleteClient(tx: Tx, organizationId: string, clientId: string): Promise<boolean> {
  const rows = await tx.query({
    text: 'delete from clients where organization_id = $1 and client_id = $2 returning client_id',
    values: [organizationId, clientId],
  });
  return rows.length > 0;
}
