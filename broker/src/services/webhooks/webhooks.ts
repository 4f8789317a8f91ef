import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Database, Tx } from '../../db/database';
import { Problem } from '../../errors/problem';
import { findClient } from '../../repositories/clients';
import {
  countWebhooks,
  deleteWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks,
  lockWebhookSecrets,
  storeWebhookSecrets,
  type Webhook,
  type WebhookReach,
} from '../../repositories/webhooks';
import { findService } from '../../repositories/services';
import { mintWebhookSecret, webhookSecretText } from '../../secrets/webhook-secret';
import type { Vault } from '../../vault/vault';
import type { Authorize } from '../access/authorize';
import type { Caller, Principal } from '../access/principal';
import { unknownClient } from '../found-client';
import { pageOf, positionOf, type Page, type PageRequest } from '../page';
import { foundService } from '../service-catalogue/found-service';
import { editWebhook, type WebhookChanges } from './edit';
import type { EventType } from './event-types';
import { webhookViewOf, type WebhookView } from './view';
import { openWebhookSecrets, sealWebhookSecret } from './webhook-secrets';

export interface NewWebhook {
  /** https of a public host, or of one that the operator vouches for. */
  url: string;
  /** All that are told, unless given. */
  events?: readonly EventType[] | undefined;
  /** Of this client alone, and of this service alone. */
  clientId?: string | undefined;
  service?: string | undefined;
  description?: string | undefined;
}

/** Endpoints that are told of events. A caller sees and changes only what he could have made himself. */
export interface Webhooks {
  list(caller: Caller, page: PageRequest): Promise<Page<WebhookView>>;
  read(caller: Caller, id: string): Promise<WebhookView>;
  /** The answer is the only place where the secret appears. */
  create(caller: Caller, webhook: NewWebhook): Promise<WebhookView & { secret: string }>;
  update(caller: Caller, id: string, changes: WebhookChanges): Promise<WebhookView>;
  /** Signs with a new secret, which is in this answer alone, and for `graceSeconds` with the former one too. */
  rotateSecret(
    caller: Caller,
    id: string,
    options: { graceSeconds: number },
  ): Promise<WebhookView & { secret: string }>;
  remove(caller: Caller, id: string): Promise<void>;
}

export interface WebhooksParts {
  database: Database;
  authorize: Authorize;
  vault: Vault;
  /** What the outbound policy allows. */
  allowedUrl: (url: string) => boolean;
}

export const WEBHOOK_SCOPE = 'webhooks:write';
const POSITION = z.uuid();
/** Of one organization: each event that all of them hear is as many rows and requests. */
const MOST_WEBHOOKS = 100;

export function createWebhooks(parts: WebhooksParts): Webhooks {
  const { database, authorize, vault } = parts;
  const may = (caller: Caller, action: string, id: string): Promise<Principal> =>
    authorize(caller, { action: `webhook.${action}`, scope: WEBHOOK_SCOPE, detail: { webhookId: id } });

  return {
    async list(caller, { limit, cursor }) {
      const who = await authorize(caller, { action: 'webhook.list', scope: WEBHOOK_SCOPE });
      const which = { limit: limit + 1, after: positionOf(cursor, POSITION), within: webhookReachOf(who) };
      const rows = await database.asTenant(who.organizationId, (tx) => listWebhooks(tx, who.organizationId, which));
      return pageOf(rows, limit, { position: ({ id }) => id, show: webhookViewOf });
    },

    async read(caller, id) {
      const who = await may(caller, 'read', id);
      return webhookViewOf(await database.asTenant(who.organizationId, (tx) => foundWebhook(tx, who, id)));
    },

    async create(caller, webhook) {
      const id = randomUUID();
      const { url, events = null, clientId, service, description = null } = webhook;
      const ask = { action: 'webhook.create', scope: WEBHOOK_SCOPE, detail: { webhookId: id } } as const;
      const who = await authorize(caller, { ...ask, clientId, service });
      allowedOrThrow(parts, url);
      const secret = mintWebhookSecret(randomBytes);
      return database.asTenant(who.organizationId, async (tx) => {
        await knownOrThrow(tx, who.organizationId, webhook);
        await roomOrThrow(tx, who.organizationId);
        const owner = { id, organizationId: who.organizationId, url };
        await insertWebhook(tx, {
          ...{ ...owner, description, events: events && [...events], keyId: who.keyId, createdBy: who.actor },
          ...{ clientId: clientId ?? null, service: service ?? null },
          secret: sealWebhookSecret(vault, owner, 1, secret),
        });
        return { ...webhookViewOf(await foundWebhook(tx, who, id)), secret: webhookSecretText(secret) };
      });
    },

    async update(caller, id, changes) {
      const { clientId, service } = changes;
      const ask = { action: 'webhook.update', scope: WEBHOOK_SCOPE, detail: { webhookId: id } } as const;
      const who = await authorize(caller, { ...ask, clientId: clientId ?? undefined, service: service ?? undefined });
      if (changes.url !== undefined) allowedOrThrow(parts, changes.url);
      return database.asTenant(who.organizationId, async (tx) => {
        const webhook = await foundWebhook(tx, who, id);
        await knownOrThrow(tx, who.organizationId, changes);
        await editWebhook(tx, vault, { who, webhook, changes });
        const edited = await findWebhook(tx, who.organizationId, id, webhookReachOf(who));
        if (edited !== null) return webhookViewOf(edited);
        throw new Problem('client_not_allowed', 'The webhook would hear more than this access key may see.');
      });
    },

    async rotateSecret(caller, id, { graceSeconds }) {
      const who = await may(caller, 'rotate-secret', id);
      const secret = mintWebhookSecret(randomBytes);
      return database.asTenant(who.organizationId, async (tx) => {
        await foundWebhook(tx, who, id);
        const sealed = await lockWebhookSecrets(tx, who.organizationId, id);
        if (sealed === null) throw noWebhook();
        // One that does not open any more is replaced all the same, and does not sign beside the new one.
        const [present] = graceSeconds === 0 ? [] : openWebhookSecrets(vault, sealed);
        const number = sealed.current.number + 1;
        const current = sealWebhookSecret(vault, sealed, number, secret);
        const previous = present === undefined ? null : sealed.current;
        await storeWebhookSecrets(tx, { ...sealed, current, previous }, graceSeconds);
        return { ...webhookViewOf(await foundWebhook(tx, who, id)), secret: webhookSecretText(secret) };
      });
    },

    async remove(caller, id) {
      const who = await may(caller, 'delete', id);
      await database.asTenant(who.organizationId, async (tx) => {
        await foundWebhook(tx, who, id);
        await deleteWebhook(tx, who.organizationId, id);
      });
    },
  };
}

/** What a caller may see, which is what his webhooks may hear. */
export function webhookReachOf({ clientIds, services, scopes }: Principal): WebhookReach {
  return {
    clientIds: clientIds && [...clientIds],
    services: services && [...services],
    makesLinks: scopes.has('connect:write'),
  };
}

const noWebhook = (): Problem =>
  new Problem(
    'not_found',
    'There is no such webhook that this access key could have made. GET /v1/webhooks lists them.',
  );

/** Throws Problem `not_found` for one that the caller could not have made himself. */
export async function foundWebhook(tx: Tx, who: Principal, id: string): Promise<Webhook> {
  const webhook = await findWebhook(tx, who.organizationId, id, webhookReachOf(who));
  if (webhook === null) throw noWebhook();
  return webhook;
}

/** A name with a slip in it would hear nothing, and nobody would know. */
async function knownOrThrow(
  tx: Tx,
  organizationId: string,
  { clientId, service }: { clientId?: string | null | undefined; service?: string | null | undefined },
): Promise<void> {
  if (clientId != null && (await findClient(tx, organizationId, clientId)) === null) throw unknownClient(clientId);
  if (service != null) foundService(await findService(tx, organizationId, service), service);
}

async function roomOrThrow(tx: Tx, organizationId: string): Promise<void> {
  if ((await countWebhooks(tx, organizationId)) < MOST_WEBHOOKS) return;
  throw new Problem('conflict', `An organization has at most ${MOST_WEBHOOKS} webhooks. Delete one that nobody uses.`);
}

function allowedOrThrow({ allowedUrl }: WebhooksParts, url: string): void {
  if (allowedUrl(url) && new URL(url).hash === '') return;
  throw new Problem(
    'invalid_value',
    'url: must be an https URL of a public host, without user name, password or fragment. For a private host, such as an n8n beside the broker: list it in OTOBOT_PRIVATE_HOSTS.',
  );
}
