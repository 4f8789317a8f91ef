import type { Tx } from '../../db/database';
import { Problem } from '../../errors/problem';
import { findAppFor } from '../../repositories/apps';
import { holdClient } from '../../repositories/clients';
import { databaseNow } from '../../repositories/clock';
import { findConnectionForImport } from '../../repositories/connection-imports';
import { isBeingRevoked } from '../../repositories/revocation-orders';
import { findService, lockService, type Service } from '../../repositories/services';
import { NO_ENDS, type ConsentEnds } from '../../types/consent-ends';
import type { ConnectionKind, ConnectionName } from '../../types/credential';
import type { Vault } from '../../vault/vault';
import { unknownClient } from '../found-client';
import { foundService } from '../service-catalogue/found-service';
import { tenantOrThrow } from '../service-catalogue/tenants';
import { endsOfImport, movingEndOf } from '../refresh/consent-ends';
import { wayOf } from '../refresh/way';
import { checkMaterial, lifespanOf, secretsOf, type Material } from './material';
import { storeConnection } from './store-connection';

export interface ConnectionImport extends Material {
  /** null: the organization's own. */
  clientId: string | null;
  service: string;
  name: string;
  /** What is its own in the URLs of the service; as it was unless given. */
  tenant?: string | undefined;
  /** The kind of the service unless given. */
  kind?: ConnectionKind | undefined;
  /** What the token is good for, where known. */
  scopes?: readonly string[] | undefined;
  /** When the client's consent ends, where that is known; not known unless given. */
  consentEndsAt?: Date | undefined;
  metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Refresh it at once, to know that it works. */
  verify?: boolean | undefined;
}

/**
 * Stores a credential that comes from elsewhere. A name that exists keeps its id and gets a new generation of tokens; whose account it is
 * nobody said, so it is not known any more. Returns the id. Throws Problem `not_found` or `invalid_value`.
 */
export async function importConnection(
  tx: Tx,
  vault: Vault,
  owner: ConnectionName,
  request: ConnectionImport,
): Promise<string> {
  const { organizationId, clientId } = owner;
  await lockService(tx, owner.service, 'shared');
  const service = foundService(await findService(tx, organizationId, owner.service), owner.service);
  if (clientId !== null && !(await holdClient(tx, organizationId, clientId))) throw unknownClient(clientId);
  if (await isBeingRevoked(tx, owner)) throw beingRevoked(owner.service);
  const kind = request.kind ?? service.oauthType;
  const material = materialOf(request);
  checkMaterial(kind, material, service);
  if (request.consentEndsAt !== undefined && material.refreshToken === undefined)
    throw new Problem('invalid_value', 'consentEndsAt: is the end of what refreshToken renews, and there is none.');

  const existing = await findConnectionForImport(tx, owner);
  const knownTenant = service.tenantFrom === null ? null : (existing?.tenant ?? null);
  const tenant = tenantOrThrow(service, request.tenant ?? knownTenant);
  const isOAuth = kind !== 'api_key' && kind !== 'basic';
  const app = isOAuth ? await findAppFor(tx, organizationId, clientId, owner.service) : null;
  const now = await databaseNow(tx);
  const isRefreshed = material.refreshToken !== undefined;
  const ends = isRefreshed
    ? endsOfImport(now, request.consentEndsAt ?? null, service)
    : endsUnrenewed(kind, service, material);
  const lifespan = lifespanOf(kind, material, service, { now, random: Math.random(), movingEndAt: movingEndOf(ends) });
  const verifyNow = request.verify === true && lifespan.nextRefreshAt !== null;
  return storeConnection(tx, vault, owner, service, {
    ...lifespan,
    nextRefreshAt: verifyNow ? now : lifespan.nextRefreshAt,
    kind,
    secrets: secretsOf(kind, service, material),
    appId: app?.id ?? null,
    tokenType: isOAuth ? 'Bearer' : null,
    scopes: request.scopes ?? null,
    baseUrl: null,
    ends,
    account: null,
    tenant,
    metadata: request.metadata ?? null,
  });
}

/** A token that is only asked after ends for good when it expires. */
function endsUnrenewed(kind: ConnectionKind, service: Service, { expiresAt }: Material): ConsentEnds {
  return wayOf(kind, service)?.by === 'check' ? { ...NO_ENDS, absoluteExpiresAt: expiresAt ?? null } : NO_ENDS;
}

function materialOf({ accessToken, refreshToken, apiKey, username, password, expiresAt }: ConnectionImport): Material {
  return { accessToken, refreshToken, apiKey, username, password, expiresAt };
}

function beingRevoked(service: string): Problem {
  return new Problem(
    'conflict',
    `The tokens of service "${service}" are being given up at this moment, and what came in now would go with them. Wait for the end of it, or end it: POST /v1/services/${service}/resume`,
  );
}
