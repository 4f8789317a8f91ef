import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '../../db/database';
import { Problem } from '../../errors/problem';
import {
  deleteWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks,
  lockWebhookSecrets,
  storeWebhookSecrets,
  updateWebhook,
} from '../../repositories/webhooks';
import { deleteDeliveries } from '../../repositories/webhook-deliveries';
import { mintWebhookSecret, webhookSecretText } from '../../secrets/webhook-secret';
import type { Vault } from '../../vault/vault';
import type { Authorize } from '../access/authorize';
import type { Caller, Principal } from '../access/principal';
import { pageOf, positionOf, type Page, type PageRequest } from '../page';
import { editWebhook, type WebhookChanges } from './edit';
import type { EventType } from './event-types';
import { allowedOrThrow, foundWebhook, knownOrThrow, noWebhook, roomOrThrow, webhookReachOf } from './rules';
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
/** Deliveries that go in one transaction. */
const STRETCH = 5_000;

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
      const detail = { webhookId: id, host: hostOf(url) };
      const ask = { action: 'webhook.create', scope: WEBHOOK_SCOPE, detail } as const;
      const who = await authorize(caller, { ...ask, clientId, service });
      allowedOrThrow(parts.allowedUrl, url);
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
      const detail = { webhookId: id, ...(changes.url === undefined ? {} : { host: hostOf(changes.url) }) };
      const ask = { action: 'webhook.update', scope: WEBHOOK_SCOPE, detail } as const;
      const who = await authorize(caller, { ...ask, clientId: clientId ?? undefined, service: service ?? undefined });
      if (changes.url !== undefined) allowedOrThrow(parts.allowedUrl, changes.url);
      return database.asTenant(who.organizationId, async (tx) => {
        // Before it is read: of two who change it at once, the second must not put back what the first has changed.
        await lockWebhookSecrets(tx, who.organizationId, id);
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
      const { organizationId } = who;
      await database.asTenant(organizationId, async (tx) => {
        await lockWebhookSecrets(tx, organizationId, id);
        const webhook = await foundWebhook(tx, who, id);
        // First, so that no event is dispatched to it while its log goes, a stretch at a time.
        await updateWebhook(tx, { ...webhook, disabledReason: 'switched_off' }, { afresh: false });
      });
      const place = { organizationId, webhookId: id };
      const stretch = (): Promise<number> =>
        database.asTenant(organizationId, (tx) => deleteDeliveries(tx, place, STRETCH));
      while ((await stretch()) === STRETCH);
      await database.asTenant(organizationId, (tx) => deleteWebhook(tx, organizationId, id));
    },
  };
}

/** For the audit: where things are told from now on. The rest of a URL may be a secret. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '');
