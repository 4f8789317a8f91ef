import type { Tx } from '../db/database';

/** Kinds of token sets whose tokens may be alive at the provider and are nobody else's. */
export const LIVE_KINDS = ['current', 'late', 'held'] as const;

/** Whose tokens are given up: those of one connection, or of all connections of a client. */
export interface GivenUp {
  organizationId: string;
  connectionId: string | null;
  clientId: string | null;
  kinds: readonly (typeof LIVE_KINDS)[number][];
}

/** A connection about to lose tokens. */
export interface Losing {
  connectionId: string;
  /** They are tokens to which somebody has consented. */
  consented: boolean;
}

const THOSE = 'c.organization_id = $1 and (c.id = $2 or c.client_id = $3)';
export const OF_A_CONSENT = `c.kind in ('oauth2', 'long_lived')`;
export const HAS_TOKENS = '(t.refresh_sealed is not null or t.access_sealed is not null)';

/** Locks them: a refresh that ends at this moment has either been written, or finds nothing any more. */
export async function findLosing(
  tx: Tx,
  { organizationId, connectionId, clientId, kinds }: GivenUp,
): Promise<Losing[]> {
  const values = [organizationId, connectionId, clientId];
  await tx.query({ text: `select c.id from connections c where ${THOSE} order by c.id for update`, values });
  return tx.query<Losing>({
    text: `select c.id as "connectionId",
                  ${OF_A_CONSENT} and exists (select from token_sets t where t.connection_id = c.id and t.kind = any ($4) and ${HAS_TOKENS}) as consented
             from connections c where ${THOSE}`,
    values: [...values, kinds],
  });
}

/** Tokens that were set aside. */
export interface SetAside {
  id: string;
  connectionId: string;
  oauthClientId: string;
  /** null: not known. */
  accountId: string | null;
}

/** Copies the tokens to where they wait to be revoked, where their service can revoke and there is an app to ask with. */
export function setAside(tx: Tx, { organizationId, connectionId, clientId, kinds }: GivenUp): Promise<SetAside[]> {
  return tx.query<SetAside>({
    text: `
      insert into revocations (organization_id, client_id, service, name, connection_id, generation, account_id, tenant, access_sealed,
                               access_key_version, refresh_sealed, refresh_key_version, app_id, app_client_id, oauth_client_id,
                               client_secrets_sealed, client_secrets_key_version, secret_position)
      select c.organization_id, c.client_id, c.service, c.name, c.id, t.generation,
             case when t.kind = 'held' then t.account_id else c.account_id end,
             case when t.kind = 'held' then t.tenant else c.tenant end, t.access_sealed,
             t.access_key_version, t.refresh_sealed, t.refresh_key_version, a.id, a.client_id, a.oauth_client_id,
             a.client_secrets_sealed, a.client_secrets_key_version, a.secret_position
        from connections c
        join token_sets t on t.connection_id = c.id and t.kind = any ($4)
        join apps a on a.id = c.app_id
        join lateral otobot_service(c.organization_id, c.service) s on s.oauth_revocation_url is not null
       where ${THOSE} and ${OF_A_CONSENT} and ${HAS_TOKENS}
      returning id, connection_id as "connectionId", oauth_client_id as "oauthClientId", account_id as "accountId"`,
    values: [organizationId, connectionId, clientId, kinds],
  });
}

/**
 * Whether other tokens may rest on the same consent, which would go with it: those of a connection, or held beside one, that came by the
 * same OAuth client and are of the same account, or of one that is not known, and of no other tenant of the provider. Asked under an
 * organization it looks at its rows, by a worker at all. What an order is about to give up too does not count, nor does what the order by
 * which the tokens came had to leave: it was meant as well. Apps under an order are left out first (`offset 0`): asked connection by connection,
 * ten thousand of them were looked at for each of ten thousand, and no stretch of an order ended in time.
 */
export const CONSENT_SHARED = `
  exists (
    select from (
      select * from apps of_all where of_all.oauth_client_id = r.oauth_client_id
         and not exists (select from revocation_orders o
                          where o.ended_at is null and o.organization_id = of_all.organization_id and o.service = of_all.service)
      offset 0) a
      join connections c on c.organization_id = a.organization_id and c.service = a.service and c.app_id = a.id and ${OF_A_CONSENT}
      join token_sets t on t.connection_id = c.id and t.kind = any ('{${LIVE_KINDS.join(',')}}') and ${HAS_TOKENS}
     cross join lateral (select case when t.kind = 'held' then t.account_id else c.account_id end as account_id,
                                case when t.kind = 'held' then t.tenant else c.tenant end as tenant) holder
     where not exists (select from revocation_orders o where o.ended_at is null and o.organization_id = a.organization_id and o.client_id = c.client_id)
       and not exists (select from revocation_orders o where o.id = r.order_id and o.organization_id = a.organization_id
                          and (o.service = a.service or o.client_id = c.client_id) and t.created_at < o.ended_at)
       and (r.account_id is null or holder.account_id is null or holder.account_id = r.account_id)
       and (r.tenant is null or holder.tenant is null or holder.tenant = r.tenant))`;

/** Takes back those of which the consent is somebody else's too, and gives their ids. */
export async function leaveShared(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>({
    text: `delete from revocations r where r.id = any ($1) and ${CONSENT_SHARED} returning r.id`,
    values: [ids],
  });
  return new Set(rows.map(({ id }) => id));
}
