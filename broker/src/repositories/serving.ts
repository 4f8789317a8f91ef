import type { Tx } from '../db/database';
import type { ConnectionKind, ConnectionName, StoredStatus } from '../types/credential';
import type { Service } from './services';

/** All that a read of one credential rests on, as of one moment. Secrets are sealed. */
export interface ServingFacts {
  policyVersion: number;
  databaseNow: Date;
  clientKnown: boolean;
  clientSuspended: boolean;
  service: ServingService | null;
  connection: ServingConnection | null;
}

export interface ServingService {
  name: string;
  baseUrl: string | null;
  allowedHosts: string[] | null;
  requestHeader: string;
  requestScheme: string | null;
  tenantFrom: Service['tenantFrom'];
  tenantHosts: string[] | null;
  suspended: boolean;
}

export interface ServingConnection {
  id: string;
  version: number;
  generation: number;
  kind: ConnectionKind;
  status: StoredStatus;
  statusReason: string | null;
  appSuspended: boolean;
  /** Whether a refresher could bring a newer token. */
  renewable: boolean;
  accessSealed: Buffer | null;
  accessKeyVersion: number | null;
  tokenType: string | null;
  scopes: string[] | null;
  expiresAt: Date | null;
  lifetimeSeconds: number | null;
  baseUrl: string | null;
  accountId: string | null;
  accountLabel: string | null;
  tenant: string | null;
}

interface Row extends Omit<ServingFacts, 'service' | 'connection'>, Omit<ServingConnection, 'id' | 'baseUrl'> {
  serviceName: string | null;
  serviceBaseUrl: string | null;
  allowedHosts: string[] | null;
  requestHeader: string;
  requestScheme: string | null;
  tenantFrom: Service['tenantFrom'];
  tenantHosts: string[] | null;
  serviceSuspended: boolean;
  connectionId: string | null;
  tokenBaseUrl: string | null;
}

/** Loads one credential with everything around it, in one statement; null when the organization itself is gone. */
export async function findServingFacts(
  tx: Tx,
  { organizationId, clientId, service, name }: ConnectionName,
): Promise<ServingFacts | null> {
  const values = [organizationId, service, name];
  const [row] = await tx.query<Row>(
    clientId === null
      ? { name: 'find-serving-facts-of-organization', text: servingFacts('is null'), values }
      : { name: 'find-serving-facts-of-client', text: servingFacts('= $4'), values: [...values, clientId] },
  );
  return row === undefined ? null : factsOf(row);
}

// "is not distinct from" would serve both, but no index answers it.
const servingFacts = (ofClient: 'is null' | '= $4'): string => `
  select o.policy_version as "policyVersion", otobot_now() as "databaseNow",
         ${ofClient === 'is null' ? 'true' : 'cl.client_id is not null'} as "clientKnown", cl.suspended_at is not null as "clientSuspended",
         s.name as "serviceName", s.base_url as "serviceBaseUrl", s.allowed_hosts as "allowedHosts",
         s.tenant_from as "tenantFrom", s.tenant_hosts as "tenantHosts",
         s.request_header as "requestHeader", s.request_scheme as "requestScheme", s.suspended_at is not null as "serviceSuspended",
         c.id as "connectionId", c.version, c.generation, c.kind, c.status, c.status_reason as "statusReason",
         a.suspended_at is not null as "appSuspended",
         c.app_id is not null and (t.refresh_sealed is not null or c.kind = 'client_credentials') and c.token_ends_at is null as renewable,
         t.access_sealed as "accessSealed", t.access_key_version as "accessKeyVersion", t.token_type as "tokenType", t.scopes,
         t.expires_at as "expiresAt", t.lifetime_seconds as "lifetimeSeconds", t.base_url as "tokenBaseUrl",
         c.account_id as "accountId", c.account_label as "accountLabel", c.tenant
    from organizations o
    left join clients cl on cl.organization_id = o.id and cl.client_id ${ofClient}
    left join lateral otobot_service(o.id, $2) s on true
    left join connections c on c.organization_id = o.id and c.client_id ${ofClient} and c.service = $2 and c.name = $3
    left join apps a on a.id = c.app_id
    left join token_sets t on t.connection_id = c.id and t.generation = c.generation and t.kind = 'current'
   where o.id = $1`;

function factsOf(row: Row): ServingFacts {
  const { policyVersion, databaseNow, clientKnown, clientSuspended } = row;
  return {
    ...{ policyVersion, databaseNow, clientKnown, clientSuspended },
    service: row.serviceName === null ? null : serviceOf(row, row.serviceName),
    connection: row.connectionId === null ? null : connectionOf(row, row.connectionId),
  };
}

function serviceOf(row: Row, name: string): ServingService {
  const { allowedHosts, requestHeader, requestScheme, tenantFrom, tenantHosts } = row;
  return {
    ...{ name, baseUrl: row.serviceBaseUrl, suspended: row.serviceSuspended },
    ...{ allowedHosts, requestHeader, requestScheme, tenantFrom, tenantHosts },
  };
}

function connectionOf(row: Row, id: string): ServingConnection {
  const { version, generation, kind, status, statusReason, appSuspended, renewable } = row;
  const { accessSealed, accessKeyVersion, tokenType, scopes, expiresAt, lifetimeSeconds } = row;
  const { accountId, accountLabel, tenant } = row;
  return {
    ...{ id, version, generation, kind, status, statusReason, appSuspended, renewable },
    ...{ accessSealed, accessKeyVersion, tokenType, scopes },
    ...{ expiresAt, lifetimeSeconds, baseUrl: row.tokenBaseUrl, accountId, accountLabel, tenant },
  };
}
