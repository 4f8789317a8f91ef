import type { Queryable } from '../db/database';

export interface Organization {
  id: string;
  name: string;
  displayName: string;
  policyVersion: number;
  suspendedAt: Date | null;
  createdAt: Date;
}

const COLUMNS = `id, name, display_name as "displayName", policy_version as "policyVersion", suspended_at as "suspendedAt", created_at as "createdAt"`;

export async function findOrganization(db: Queryable, name: string): Promise<Organization | null> {
  const [row] = await db.query<Organization>({
    text: `select ${COLUMNS} from organizations where name = $1`,
    values: [name],
  });
  return row ?? null;
}

export function listOrganizations(db: Queryable): Promise<Organization[]> {
  return db.query<Organization>({ text: `select ${COLUMNS} from organizations order by name` });
}

export async function insertOrganization(
  db: Queryable,
  { name, displayName }: { name: string; displayName: string },
): Promise<Organization> {
  const [row] = await db.query<Organization>({
    text: `insert into organizations (name, display_name) values ($1, $2) returning ${COLUMNS}`,
    values: [name, displayName],
  });
  return row as Organization;
}
