import type { Queryable } from '../db/database';
import type { ConsentEnds } from '../types/consent-ends';

/** An answer that came after its attempt was given up; still sealed. */
export interface LateSet extends ConsentEnds {
  id: string;
  generation: number;
  accessSealed: Buffer;
  accessKeyVersion: number;
  refreshSealed: Buffer | null;
  refreshKeyVersion: number | null;
  tokenType: string;
  scopes: string[] | null;
  expiresAt: Date;
  lifetimeSeconds: number;
  baseUrl: string | null;
}

/** The newest late answer that may outlive the tokens of this generation; null: there is none. */
export async function findLateSet(db: Queryable, connectionId: string, generation: number): Promise<LateSet | null> {
  const [row] = await db.query<LateSet>({
    text: `
      select id, generation, access_sealed as "accessSealed", access_key_version as "accessKeyVersion",
             refresh_sealed as "refreshSealed", refresh_key_version as "refreshKeyVersion", token_type as "tokenType", scopes,
             expires_at as "expiresAt", lifetime_seconds as "lifetimeSeconds", base_url as "baseUrl",
             refresh_expires_at as "refreshExpiresAt", idle_expires_at as "idleExpiresAt", absolute_expires_at as "absoluteExpiresAt"
        from token_sets
       where connection_id = $1 and kind = 'late' and generation >= $2
       order by created_at desc limit 1`,
    values: [connectionId, generation],
  });
  return row ?? null;
}

/** Deletes sets that a newer one has replaced for a day, and late answers that no refusal can call for any more. */
export async function deleteOldSets(db: Queryable): Promise<void> {
  await db.query({
    text: `delete from token_sets where kind = 'previous' and superseded_at < otobot_now() - interval '24 hours'`,
  });
  await db.query({
    text: `
      delete from token_sets t using connections c
       where t.kind = 'late' and t.created_at < otobot_now() - interval '24 hours'
         and c.id = t.connection_id and c.generation > t.generation`,
  });
}
