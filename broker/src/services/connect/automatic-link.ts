import { randomUUID } from 'node:crypto';
import type { Tx } from '../../db/database';
import { findAppFor } from '../../repositories/apps';
import {
  findAutomaticLink,
  insertConnectLink,
  lockAutomaticLink,
  type ConnectLink,
  type CredentialName,
} from '../../repositories/connect-links';
import { findConnectionByName } from '../../repositories/connections';
import { findService } from '../../repositories/services';
import type { Vault } from '../../vault/vault';
import { hashOf, linkToken } from './link-token';
import type { NewLink } from './links';
import { isConnectable } from './open-link';

/** In whose organization a link is made, and who is said to have made it. */
export interface LinkMaker {
  organizationId: string;
  actor: string;
}

const DAY_SECONDS = 86_400;
/** Long enough to work from an e-mail that is read after a holiday. */
const LIFETIME_SECONDS = 7 * DAY_SECONDS;

/** Stores a link; the secret in it is derived from a key, so only its hash is stored. */
export async function storeLink(
  tx: Tx,
  vault: Vault,
  { organizationId, actor }: LinkMaker,
  link: NewLink & { automatic: boolean },
): Promise<ConnectLink> {
  const id = randomUUID();
  const { clientId, service, name, automatic } = link;
  const connection = await findConnectionByName(tx, { organizationId, clientId, service, name });
  return insertConnectLink(tx, {
    ...{ id, organizationId, clientId, service, name, automatic, createdBy: actor },
    scopes: link.scopes?.join(' ') ?? null,
    reason: link.reason ?? null,
    returnUrl: link.returnUrl ?? null,
    tenant: link.tenant ?? null,
    tokenHash: hashOf(linkToken(vault, organizationId, id)),
    connectionId: connection?.id ?? null,
    generation: connection?.generation ?? null,
    expiresInSeconds: link.expiresInSeconds ?? LIFETIME_SECONDS,
  });
}

/**
 * The link by which a client renews a credential: the same one while the connection stands at its generation, made to live for
 * `atLeastSeconds` where that is given. null: nobody can connect it by a link.
 */
export async function automaticLink(
  tx: Tx,
  vault: Vault,
  maker: LinkMaker,
  credential: CredentialName,
  atLeastSeconds = 0,
): Promise<ConnectLink | null> {
  const { organizationId } = maker;
  const { clientId, service: serviceName, name } = credential;
  const service = await findService(tx, organizationId, serviceName);
  const app = await findAppFor(tx, organizationId, clientId, serviceName);
  if (service === null || !isConnectable(service, app)) return null;
  const named = { clientId, service: serviceName, name };
  await lockAutomaticLink(tx, organizationId, named);
  const connection = await findConnectionByName(tx, { organizationId, ...named });
  const standing = await findAutomaticLink(tx, organizationId, {
    ...named,
    connectionId: connection?.id ?? null,
    generation: connection?.generation ?? null,
    atLeastSeconds,
  });
  // After a change of the key that makes tokens, an older link still works but cannot be shown again.
  if (standing?.tokenHash.equals(hashOf(linkToken(vault, organizationId, standing.id))) === true) return standing;
  // A day more, so that the next one who asks for as long finds this one.
  const expiresInSeconds = Math.max(LIFETIME_SECONDS, atLeastSeconds + DAY_SECONDS);
  // The account that is to be renewed is in the same place as before.
  const tenant = service.tenantFrom === 'link' ? (connection?.tenant ?? undefined) : undefined;
  return storeLink(tx, vault, maker, { ...named, tenant, expiresInSeconds, automatic: true });
}
