import type { Tx } from '../../db/database';
import { findAppFor, type App } from '../../repositories/apps';
import { findClient, type Client } from '../../repositories/clients';
import { findConnectLink, type ConnectLink } from '../../repositories/connect-links';
import { findConnectionByName, type ConnectionByName } from '../../repositories/connections';
import { findOrganizationById, type Organization } from '../../repositories/organizations';
import { findService, type Service } from '../../repositories/services';
import { atTenant } from '../../providers/tenant';
import { scopesOf } from '../service-catalogue/definition';
import type { Outcome } from './outcome';
import { tenantToldBy } from './tenant';

/** A link with everything around it, as of one moment. */
export interface OpenLink {
  link: ConnectLink;
  organization: Organization;
  client: Client;
  service: Service;
  /** null: none is needed, or none is there. */
  app: App | null;
  /** null: this is the first time. */
  connection: ConnectionByName | null;
}

export type LinkReference = { tokenHash: Buffer } | { id: string };

/** Loads a link; null when it, or what it is for, does not exist. `lock`: until the end of the transaction. */
export async function loadLink(
  tx: Tx,
  organizationId: string,
  by: LinkReference,
  lock = false,
): Promise<OpenLink | null> {
  const link = await findConnectLink(tx, organizationId, by, { lock });
  if (link === null) return null;
  const { clientId, name } = link;
  const organization = await findOrganizationById(tx, organizationId);
  const client = await findClient(tx, organizationId, clientId);
  const service = await findService(tx, organizationId, link.service);
  if (organization === null || client === null || service === null) return null;
  const app = await findAppFor(tx, organizationId, clientId, link.service);
  const connection = await findConnectionByName(tx, { organizationId, clientId, service: link.service, name });
  return { link, organization, client, service, app, connection };
}

/** Why nothing can be connected by this link now; null when it can. */
export function troubleWith({ link, organization, client, service, app }: OpenLink): Outcome | null {
  if (link.usedAt !== null) return 'link_used';
  if (link.revokedAt !== null) return 'link_revoked';
  if (link.expired) return 'link_expired';
  if (client.suspendedAt !== null || organization.suspendedAt !== null || service.suspendedAt !== null)
    return 'client_suspended';
  // Whose every client secret the provider refuses would let the client consent, and then have nothing to redeem it with.
  if (app?.suspendedAt && doorOf(service) === 'consent') return 'not_configured';
  return isConnectable(service, app) ? null : 'not_configured';
}

/** How a client hands over an account of a service himself: signs in at the provider, or types in a secret. null: he cannot. */
export function doorOf({ oauthType, authorizationUrl, tokenUrl }: Service): 'consent' | 'api_key' | 'basic' | null {
  if (oauthType === 'api_key' || oauthType === 'basic') return oauthType;
  if (tokenUrl === null || oauthType === 'client_credentials') return null;
  if (authorizationUrl !== null) return 'consent';
  // A token that nobody signs in for, such as a system user's, is typed in like an API key.
  return oauthType === 'long_lived' ? 'api_key' : null;
}

/** Whether a client could hand over an account of this service himself. */
export function isConnectable(service: Service, app: App | null): boolean {
  const door = doorOf(service);
  return door === 'consent' ? app !== null : door !== null;
}

/** What is asked for: by the link, else by the app, else by the service. */
export function scopesAsked({ link, app, service }: OpenLink): string[] {
  return scopesOf(link.scopes ?? app?.scopes ?? service.scopes);
}

/** Where the browser goes to sign in; null where that is no URL, or depends on what is typed. */
export function authorizationOriginOf({ service, link }: OpenLink): string | null {
  const { authorizationUrl } = atTenant(service, tenantToldBy({ service, link }, ''));
  return authorizationUrl !== null && URL.canParse(authorizationUrl) ? new URL(authorizationUrl).origin : null;
}
