import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Database, Tx } from '../../db/database';
import { Problem } from '../../errors/problem';
import { findClient } from '../../repositories/clients';
import {
  findConnectionToKeep,
  findN8nCredential,
  listN8nCredentials,
  lockN8nCredentialOf,
  orderN8nCredentialRemoval,
  orderN8nPush,
  upsertN8nCredential,
  type ConnectionToKeep,
  type N8nCredential,
  type N8nField,
} from '../../repositories/n8n-credentials';
import { findN8nInstance } from '../../repositories/n8n-instances';
import { findService } from '../../repositories/services';
import type { ConnectionName } from '../../types/credential';
import type { Vault } from '../../vault/vault';
import type { Authorize } from '../access/authorize';
import type { Caller, Principal } from '../access/principal';
import { pageOf, positionOf, type Page, type PageRequest } from '../page';
import { orderContext } from './n8n-contexts';
import { credentialViewOf, foundInstance, foundN8nCredential, type N8nCredentialView } from './n8n-view';
import { typeOfService } from './type-of-service';

export interface NewN8nCredential {
  clientId: string | null;
  service: string;
  name: string;
  /** n8n's own, such as googleSheetsOAuth2Api; where n8n has one for the service it need not be named. */
  type?: string | undefined;
  title?: string | undefined;
  /** What the type has beside the token, such as a subdomain. Never a secret. */
  fields?: Readonly<Record<string, N8nField>> | undefined;
}

/** Where a credential is, as requests name it. */
export interface N8nPlace {
  instanceId: string;
  id: string;
}

/** Which connections are kept in an n8n as credentials of its own types. A worker puts them there; these say what is to be there. */
export interface N8nCredentials {
  list(caller: Caller, instanceId: string, page: PageRequest): Promise<Page<N8nCredentialView>>;
  /** Ordered again, it is the same credential with these fields. */
  add(caller: Caller, instanceId: string, credential: NewN8nCredential): Promise<N8nCredentialView>;
  /** Taken away there, then forgotten. */
  remove(caller: Caller, place: N8nPlace): Promise<N8nCredentialView>;
  /** Put there once more, whole. */
  push(caller: Caller, place: N8nPlace): Promise<N8nCredentialView>;
}

export interface N8nCredentialsParts {
  /** Under role otobot_serve. */
  database: Database;
  authorize: Authorize;
  vault: Vault;
}

const SCOPE = 'n8n-sync:write';
const POSITION = z.uuid();
const MOST_TITLE = 90;

export function createN8nCredentials({ database, authorize, vault }: N8nCredentialsParts): N8nCredentials {
  const find = async (tx: Tx, organizationId: string, place: N8nPlace): Promise<N8nCredential> =>
    foundN8nCredential(await findN8nCredential(tx, organizationId, place));
  const may = (caller: Caller, action: string, place: N8nPlace): Promise<Principal> =>
    authorize(caller, {
      action,
      scope: SCOPE,
      detail: { n8nInstanceId: place.instanceId, n8nCredentialId: place.id },
      locate: ({ organizationId }) => database.asTenant(organizationId, (tx) => find(tx, organizationId, place)),
    });

  return {
    async list(caller, instanceId, { limit, cursor }) {
      const who = await authorize(caller, {
        action: 'n8n-credential.list',
        scope: SCOPE,
        detail: { n8nInstanceId: instanceId },
      });
      const { organizationId, clientIds, services } = who;
      const filter = { instanceId, onlyClients: clientIds && [...clientIds], onlyServices: services && [...services] };
      const which = { limit: limit + 1, after: positionOf(cursor, POSITION), filter };
      const rows = await database.asTenant(organizationId, async (tx) => {
        foundInstance(await findN8nInstance(tx, organizationId, instanceId));
        return listN8nCredentials(tx, organizationId, which);
      });
      return pageOf(rows, limit, { position: ({ id }) => id, show: credentialViewOf });
    },

    async add(caller, instanceId, asked) {
      const { clientId, service, name } = asked;
      const detail = { n8nInstanceId: instanceId };
      const who = await authorize(caller, { action: 'n8n-credential.add', scope: SCOPE, clientId, service, detail });
      const { organizationId } = who;
      return database.asTenant(organizationId, async (tx) => {
        const instance = foundInstance(await findN8nInstance(tx, organizationId, instanceId));
        if (instance.removedAt !== null) throw beingRemoved(instance.name);
        const named = { organizationId, clientId, service, name };
        const { id: connectionId, kind } = await connectionOrThrow(tx, named);
        const type = typeOfService(service, kind, asked.type);
        const known = await lockN8nCredentialOf(tx, { instanceId, connectionId, type });
        const title = asked.title ?? (await titleOf(tx, named));
        const order = { type, title, fields: asked.fields ?? {} };
        const of = { id: known ?? randomUUID(), organizationId, clientId, service, instanceId, connectionId };
        const { record, keyVersion } = vault.seal('refresh', orderContext(of), JSON.stringify(order));
        await upsertN8nCredential(tx, { ...of, ...order, name, orderSealed: record, orderKeyVersion: keyVersion });
        return credentialViewOf(await find(tx, organizationId, { instanceId, id: of.id }));
      });
    },

    async remove(caller, place) {
      const { organizationId } = await may(caller, 'n8n-credential.remove', place);
      return database.asTenant(organizationId, async (tx) => {
        const known = await find(tx, organizationId, place);
        await orderN8nCredentialRemoval(tx, organizationId, place.id);
        return { ...credentialViewOf(known), status: 'removing' };
      });
    },

    async push(caller, place) {
      const { organizationId } = await may(caller, 'n8n-credential.push', place);
      return database.asTenant(organizationId, async (tx) => {
        await orderN8nPush(tx, organizationId, place.id);
        return credentialViewOf(await find(tx, organizationId, place));
      });
    },
  };
}

/** Throws Problem `not_found`. */
async function connectionOrThrow(tx: Tx, named: ConnectionName): Promise<ConnectionToKeep> {
  const connection = await findConnectionToKeep(tx, named);
  if (connection !== null) return connection;
  const { clientId, service, name } = named;
  const what = `${clientId ?? '-'}/${service}${name === 'default' ? '' : `/${name}`}`;
  throw new Problem('not_found', `There is no connection ${what}. GET /v1/connections lists them.`);
}

/** For people, who pick it from a list in n8n: `ACME – Google`. */
async function titleOf(tx: Tx, { organizationId, clientId, service, name }: ConnectionName): Promise<string> {
  const client = clientId === null ? null : await findClient(tx, organizationId, clientId);
  const found = await findService(tx, organizationId, service);
  const whose = client === null ? '' : `${client.name} – `;
  const which = name === 'default' ? '' : ` (${name})`;
  const title = `${whose}${found?.displayName ?? service}${which}`.slice(0, MOST_TITLE);
  return title.replace(/[\uD800-\uDBFF]$/, ''); // half a character
}

function beingRemoved(name: string): Problem {
  return new Problem('conflict', `The n8n instance "${name}" is being removed. Add it again once it is gone.`);
}
