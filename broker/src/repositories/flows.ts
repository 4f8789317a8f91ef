import type { Queryable, Tx } from '../db/database';

/** One attempt at an authorization. */
export interface Flow {
  stateHash: Buffer;
  organizationId: string;
  linkId: string;
  appId: string;
  browserHash: Buffer;
  verifierSealed: Buffer;
  verifierKeyVersion: number;
  redirectUri: string;
  /** For which the authorization was asked; null: the redirect or the answer tells. */
  tenant: string | null;
  expired: boolean;
  usedAt: Date | null;
  /** null: under way, or never come back. */
  outcome: string | null;
  outcomeData: Readonly<Record<string, string | null>> | null;
}

export type NewFlow = Pick<
  Flow,
  | 'stateHash'
  | 'organizationId'
  | 'linkId'
  | 'appId'
  | 'browserHash'
  | 'verifierSealed'
  | 'verifierKeyVersion'
  | 'redirectUri'
  | 'tenant'
>;

/** Ten minutes: enough to sign in with a second factor, too short to collect. */
const LIFETIME = `interval '10 minutes'`;

/** As otobot_audit, because the tenant is not known yet. */
export async function locateFlow(db: Queryable, stateHash: Buffer): Promise<string | null> {
  const [row] = await db.query<{ organizationId: string }>({
    name: 'locate-flow',
    text: `select organization_id as "organizationId" from flows where state_hash = $1`,
    values: [stateHash],
  });
  return row?.organizationId ?? null;
}

export async function insertFlow(tx: Tx, flow: NewFlow): Promise<void> {
  await tx.query({
    text: `insert into flows (state_hash, organization_id, link_id, app_id, browser_hash, verifier_sealed, verifier_key_version, redirect_uri, tenant, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, otobot_now() + ${LIFETIME})`,
    values: [
      ...[flow.stateHash, flow.organizationId, flow.linkId, flow.appId, flow.browserHash],
      ...[flow.verifierSealed, flow.verifierKeyVersion, flow.redirectUri, flow.tenant],
    ],
  });
}

/** Locked until the end of the transaction: of two callbacks with one state only one finds it unused. */
export async function findFlow(tx: Tx, organizationId: string, stateHash: Buffer): Promise<Flow | null> {
  const [row] = await tx.query<Flow>({
    text: `select state_hash as "stateHash", organization_id as "organizationId", link_id as "linkId", app_id as "appId",
                  browser_hash as "browserHash", verifier_sealed as "verifierSealed", verifier_key_version as "verifierKeyVersion",
                  redirect_uri as "redirectUri", tenant, expires_at <= otobot_now() as expired, used_at as "usedAt", outcome, outcome_data as "outcomeData"
             from flows where organization_id = $1 and state_hash = $2 for update`,
    values: [organizationId, stateHash],
  });
  return row ?? null;
}

export async function useUpFlow(tx: Tx, { organizationId, stateHash }: Flow): Promise<void> {
  await tx.query({
    text: 'update flows set used_at = otobot_now() where organization_id = $1 and state_hash = $2',
    values: [organizationId, stateHash],
  });
}

export async function settleFlow(
  tx: Tx,
  { organizationId, stateHash }: Flow,
  outcome: string,
  data: Readonly<Record<string, string | null>>,
): Promise<void> {
  await tx.query({
    text: 'update flows set outcome = $3, outcome_data = $4 where organization_id = $1 and state_hash = $2',
    values: [organizationId, stateHash, outcome, data],
  });
}

/** What is over for a day tells nobody anything any more. */
export async function deleteOldFlows(db: Queryable): Promise<void> {
  await db.query({ text: `delete from flows where expires_at < otobot_now() - interval '1 day'` });
}
