import type { Queryable } from '../db/database';
import { suspended, SUSPENDED, type Suspension } from './suspension';

export interface Organization {
  id: string;
  name: string;
  displayName: string;
  policyVersion: number;
  suspendedAt: Date | null;
  /** What was written when it was suspended. */
  suspendedReason: string | null;
  createdAt: Date;
  /** What clients see on their pages; null: nothing of their own. */
  logoUrl: string | null;
  /** #rrggbb, lower case. */
  color: string | null;
}

const COLUMNS = `id, name, display_name as "displayName", policy_version as "policyVersion", suspended_at as "suspendedAt",
  case when suspended_at is not null then suspended_reason end as "suspendedReason", created_at as "createdAt",
  logo_url as "logoUrl", color`;

export async function findOrganization(db: Queryable, name: string): Promise<Organization | null> {
  const [row] = await db.query<Organization>({
    text: `select ${COLUMNS} from organizations where name = $1`,
    values: [name],
  });
  return row ?? null;
}

export async function findOrganizationById(db: Queryable, id: string): Promise<Organization | null> {
  const [row] = await db.query<Organization>({
    text: `select ${COLUMNS} from organizations where id = $1`,
    values: [id],
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

export type OrganizationDetails = Pick<Organization, 'displayName' | 'logoUrl' | 'color'>;

export async function updateOrganization(
  db: Queryable,
  name: string,
  { displayName, logoUrl, color }: OrganizationDetails,
): Promise<Organization | null> {
  const [row] = await db.query<Organization>({
    text: `update organizations set display_name = $2, logo_url = $3, color = $4 where name = $1 returning ${COLUMNS}`,
    values: [name, displayName, logoUrl, color],
  });
  return row ?? null;
}

/** null: there is no such organization. */
export async function setOrganizationSuspended(
  db: Queryable,
  name: string,
  suspension: Suspension | null,
): Promise<Organization | null> {
  const [row] = await db.query<Organization>({
    text: `update organizations set ${SUSPENDED} where name = $3 returning ${COLUMNS}`,
    values: [...suspended(suspension), name],
  });
  return row ?? null;
}

/** Moves with every change to what decisions rest on. */
export async function findPolicyVersion(db: Queryable, id: string): Promise<number | null> {
  const [row] = await db.query<{ policyVersion: number }>({
    text: 'select policy_version as "policyVersion" from organizations where id = $1',
    values: [id],
  });
  return row?.policyVersion ?? null;
}
