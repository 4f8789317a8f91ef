import { z } from 'zod';
import type { Database, Tx } from '../../db/database';
import { Problem } from '../../errors/problem';
import { findAppFor } from '../../repositories/apps';
import { findClient } from '../../repositories/clients';
import {
  findConnectLink,
  listConnectLinks,
  revokeConnectLink,
  type ConnectLink,
  type CredentialName,
} from '../../repositories/connect-links';
import { namesForPeople, type NamesForPeople } from '../../repositories/names-for-people';
import { findService, type Service } from '../../repositories/services';
import type { Vault } from '../../vault/vault';
import type { Authorize } from '../access/authorize';
import type { Caller, Principal } from '../access/principal';
import { unknownClient } from '../found-client';
import { pageOf, positionOf, type Page, type PageRequest } from '../page';
import { foundService } from '../service-catalogue/found-service';
import { tenantOrThrow } from '../service-catalogue/tenants';
import { automaticLink, storeLink } from './automatic-link';
import { linkUrl } from './link-token';
import { isConnectable } from './open-link';

export interface NewLink extends CredentialName {
  scopes?: readonly string[] | undefined;
  /** Where the client may go afterwards: https, or http on a loopback host. */
  returnUrl?: string | undefined;
  /** What is the client's own in the URLs of the service; the page asks for it unless given. */
  tenant?: string | undefined;
  /** Why it is asked for, in the agency's own words. */
  reason?: string | undefined;
  expiresInSeconds?: number | undefined;
}

export interface LinkView extends Omit<ConnectLink, 'organizationId' | 'scopes' | 'expired'> {
  scopes: string[] | null;
  status: 'open' | 'used' | 'revoked' | 'expired';
}

export interface ConnectLinks {
  list(caller: Caller, page: PageRequest): Promise<Page<LinkView>>;
  /** The answer is the only place where the link itself appears. */
  create(caller: Caller, link: NewLink): Promise<LinkView & { url: string }>;
  revoke(caller: Caller, id: string): Promise<void>;
  /** For a credential that has to be connected again; null: nobody can connect it by a link. */
  forReconnect(who: Principal, credential: CredentialName): Promise<Reconnect | null>;
}

/** What it takes to ask the client for it. */
export interface Reconnect extends NamesForPeople {
  /** The same link while it stands. */
  url: string;
}

export interface ConnectLinksParts {
  database: Database;
  authorize: Authorize;
  vault: Vault;
  publicUrl: string;
}

const SCOPE = 'connect:write';
const POSITION = z.uuid();

export function createConnectLinks({ database, authorize, vault, publicUrl }: ConnectLinksParts): ConnectLinks {
  const urlOf = ({ organizationId, id }: ConnectLink): string => linkUrl(vault, publicUrl, organizationId, id);

  return {
    async list(caller, { limit, cursor }) {
      const who = await authorize(caller, { action: 'connect-link.list', scope: SCOPE });
      const { organizationId, clientIds, services } = who;
      const which = {
        limit: limit + 1,
        after: positionOf(cursor, POSITION),
        onlyClients: clientIds && [...clientIds],
        onlyServices: services && [...services],
      };
      const rows = await database.asTenant(organizationId, (tx) => listConnectLinks(tx, organizationId, which));
      return pageOf(rows, limit, { position: ({ id }) => id, show: linkViewOf });
    },

    async create(caller, link) {
      const { clientId, service } = link;
      const who = await authorize(caller, { action: 'connect-link.create', scope: SCOPE, clientId, service });
      checkReturnUrl(link.returnUrl);
      return database.asTenant(who.organizationId, async (tx) => {
        const service = await connectableOrThrow(tx, who.organizationId, link);
        const tenant = linkTenantOrThrow(service, link.tenant);
        const created = await storeLink(tx, vault, who, { ...link, tenant, automatic: false });
        return { ...linkViewOf(created), url: urlOf(created) };
      });
    },

    async revoke(caller, id) {
      const find = (organizationId: string): Promise<ConnectLink> =>
        database.asTenant(organizationId, async (tx) =>
          foundLink(await findConnectLink(tx, organizationId, { id }, { lock: false })),
        );
      const { organizationId } = await authorize(caller, {
        action: 'connect-link.revoke',
        scope: SCOPE,
        detail: { connectLinkId: id },
        locate: async (who) => {
          const { clientId, service } = await find(who.organizationId);
          return { clientId, service, connectionId: null };
        },
      });
      await database.asTenant(organizationId, (tx) => revokeConnectLink(tx, organizationId, id));
    },

    forReconnect: (who, credential) =>
      database.asTenant(who.organizationId, async (tx) => {
        const link = await automaticLink(tx, vault, who, credential);
        return link && { url: urlOf(link), ...(await namesForPeople(tx, who.organizationId, credential)) };
      }),
  };
}

/** Throws Problem: a link that leads nowhere is worse than none. */
async function connectableOrThrow(
  tx: Tx,
  organizationId: string,
  { clientId, service: name }: NewLink,
): Promise<Service> {
  if ((await findClient(tx, organizationId, clientId)) === null) throw unknownClient(clientId);
  const service = foundService(await findService(tx, organizationId, name), name);
  if (isConnectable(service, await findAppFor(tx, organizationId, clientId, name))) return service;
  const how =
    service.oauthType === 'client_credentials'
      ? `Connections of kind ${service.oauthType} are imported with POST /v1/connections`
      : service.authorizationUrl === null
        ? `It has no authorizationUrl; add one with PATCH /v1/services/${name}`
        : `It has no app yet; add one with PUT /v1/services/${name}/app`;
  throw new Problem('invalid_value', `Service "${name}" cannot be connected by a link. ${how}.`);
}

/** As it stands in URLs. Throws Problem `invalid_value` for one that does not fit, or that only the provider can tell. */
function linkTenantOrThrow(service: Service, given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const tenant = tenantOrThrow(service, given);
  if (service.tenantFrom === 'link') return tenant ?? undefined;
  throw new Problem('invalid_value', `tenant: ${service.name} tells it itself, after the consent. Leave it out.`);
}

/** Only an absolute URL that a browser cannot read in two ways. */
function checkReturnUrl(text: string | undefined): void {
  if (text === undefined) return;
  const url = /^https?:\/\/[^\s\\\p{Cc}\p{Cs}]+$/iu.test(text) && URL.canParse(text) ? new URL(text) : null;
  const loopback = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url !== null && url.username === '' && url.password === '' && (url.protocol === 'https:' || loopback)) return;
  throw new Problem('invalid_value', 'returnUrl: must be an absolute https URL without user name and password.');
}

function foundLink(link: ConnectLink | null): ConnectLink {
  if (link === null) throw new Problem('not_found', 'There is no such connect link. GET /v1/connect-links lists them.');
  return link;
}

function linkViewOf({ organizationId: _organizationId, expired, scopes, ...link }: ConnectLink): LinkView {
  const status = link.usedAt !== null ? 'used' : link.revokedAt !== null ? 'revoked' : expired ? 'expired' : 'open';
  return { ...link, scopes: scopes === null ? null : scopes.split(' '), status };
}
