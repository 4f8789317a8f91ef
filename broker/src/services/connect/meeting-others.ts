import { isUniqueViolation, type Database, type Tx } from '../../db/database';

/**
 * A transaction that stores a credential. Of two links for a credential that was not there yet the second finds at its second look what
 * the first has stored: no consent is lost for having come at the same moment.
 */
export async function meetingOthers<T>(
  database: Database,
  organizationId: string,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  try {
    return await database.asTenant(organizationId, work);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    return database.asTenant(organizationId, work);
  }
}
