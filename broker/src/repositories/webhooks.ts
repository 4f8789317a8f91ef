import type { Tx } from '../db/database';

/** An endpoint that is told of events, as it is managed: without its secrets. */
export interface Webhook {
  id: string;
  organizationId: string;
  url: string;
  description: string | null;
  /** null: all types. */
  events: string[] | null;
  /** null: all clients that its key may see; the same for the service. */
  clientId: string | null;
  service: string | null;
  /** null: made by the operator or with the internal token. */
  keyId: string | null;
  createdBy: string;
  failures: number;
  failingSince: Date | null;
  lastDeliveredAt: Date | null;
  disabledAt: Date | null;
  disabledReason: DisabledReason | null;
  previousUntil: Date | null;
  createdAt: Date;
  updatedAt: Date;
  /** Its key was revoked or has expired: nothing is sent. */
  keyEnded: boolean;
}

export type DisabledReason = 'gone' | 'failing' | 'switched_off';

/** A signing secret as it is stored. */
export interface SealedSecret {
  record: Buffer;
  keyVersion: number;
  /** Which one it is, counted from 1. */
  number: number;
}

export interface WebhookSecrets {
  id: string;
  organizationId: string;
  url: string;
  current: SealedSecret;
  /** null: none, or its time is over. */
  previous: SealedSecret | null;
}

export const KEY_LIVES = 'k.revoked_at is null and (k.expires_at is null or k.expires_at > otobot_now())';

const COLUMNS = `w.id, w.organization_id as "organizationId", w.url, w.description, w.events, w.client_id as "clientId", w.service, w.key_id as "keyId",
  w.created_by as "createdBy", w.failures, w.failing_since as "failingSince", w.last_delivered_at as "lastDeliveredAt",
  w.disabled_at as "disabledAt", w.disabled_reason as "disabledReason",
  case when w.previous_until > otobot_now() then w.previous_until end as "previousUntil", w.created_at as "createdAt", w.updated_at as "updatedAt",
  w.key_id is not null and not (${KEY_LIVES}) as "keyEnded"`;
const WEBHOOKS = `select ${COLUMNS} from webhooks w left join access_keys k on k.id = w.key_id`;

/** With its secrets, to sign or to seal anew. The names are those of SecretColumns. */
export const SECRET_COLUMNS = `w.secret_sealed as "secretSealed", w.secret_key_version as "secretKeyVersion", w.secret_number as "secretNumber",
  case when w.previous_until > otobot_now() then w.previous_sealed end as "previousSealed", w.previous_key_version as "previousKeyVersion"`;

export interface SecretColumns {
  secretSealed: Buffer;
  secretKeyVersion: number;
  secretNumber: number;
  previousSealed: Buffer | null;
  previousKeyVersion: number | null;
}

/** The secrets that count now: what `SECRET_COLUMNS` gave, in pairs. */
export function sealedSecretsOf(row: SecretColumns): Pick<WebhookSecrets, 'current' | 'previous'> {
  const { secretSealed: record, secretKeyVersion: keyVersion, secretNumber: number } = row;
  const previous =
    row.previousSealed === null || row.previousKeyVersion === null
      ? null
      : { record: row.previousSealed, keyVersion: row.previousKeyVersion, number: number - 1 };
  return { current: { record, keyVersion, number }, previous };
}

export interface NewWebhook extends Pick<
  Webhook,
  'id' | 'organizationId' | 'url' | 'description' | 'events' | 'clientId' | 'service' | 'keyId' | 'createdBy'
> {
  secret: SealedSecret;
}

export async function insertWebhook(tx: Tx, webhook: NewWebhook): Promise<void> {
  const { id, organizationId, url, description, events, clientId, service, keyId, createdBy, secret } = webhook;
  await tx.query({
    text: `insert into webhooks (id, organization_id, url, description, events, client_id, service, key_id, created_by, secret_sealed,
                                 secret_key_version, secret_number)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    values: [
      ...[id, organizationId, url, description, events, clientId, service, keyId, createdBy],
      ...[secret.record, secret.keyVersion, secret.number],
    ],
  });
}

/** Those of an organization make room for each other only up to a number: each event costs a row for each that hears it. */
export async function countWebhooks(tx: Tx, organizationId: string): Promise<number> {
  const [row] = await tx.query<{ n: number }>({
    text: 'select count(*)::int as n from webhooks where organization_id = $1',
    values: [organizationId],
  });
  return row?.n ?? 0;
}

/** Whoever may see no more than this; null: all clients, or all services. */
export interface WebhookReach {
  clientIds: readonly string[] | null;
  services: readonly string[] | null;
  makesLinks: boolean;
}

/** Only what the caller could have made himself: what a webhook hears would be his with its URL. Parameters 2 to 4. */
const WITHIN = `
  ($2::text[] is null or case when w.client_id is not null then array[w.client_id] else k.client_ids end <@ $2)
  and ($3::text[] is null or case when w.service is not null then array[w.service] else k.services end <@ $3)
  and ($4 or (w.key_id is not null and not 'connect:write' = any (k.scopes)))`;

/** null: there is none that the caller could have made. */
export async function findWebhook(
  tx: Tx,
  organizationId: string,
  id: string,
  { clientIds, services, makesLinks }: WebhookReach,
): Promise<Webhook | null> {
  const [row] = await tx.query<Webhook>({
    text: `${WEBHOOKS} where w.organization_id = $1 and ${WITHIN} and w.id = $5`,
    values: [organizationId, clientIds, services, makesLinks, id],
  });
  return row ?? null;
}

/** Newest first, after the webhook `after`. */
export function listWebhooks(
  tx: Tx,
  organizationId: string,
  { limit, after, within }: { limit: number; after: string | null; within: WebhookReach },
): Promise<Webhook[]> {
  return tx.query<Webhook>({
    text: `${WEBHOOKS}
            where w.organization_id = $1 and ${WITHIN}
              and ($5::uuid is null or (w.created_at, w.id) < (select a.created_at, a.id from webhooks a where a.organization_id = $1 and a.id = $5))
            order by w.created_at desc, w.id desc limit $6`,
    values: [organizationId, within.clientIds, within.services, within.makesLinks, after, limit],
  });
}

/** Its secrets, locked until the end of the transaction: a change of the URL and a rotation follow each other. */
export async function lockWebhookSecrets(tx: Tx, organizationId: string, id: string): Promise<WebhookSecrets | null> {
  const [row] = await tx.query<Pick<WebhookSecrets, 'id' | 'organizationId' | 'url'> & SecretColumns>({
    text: `select w.id, w.organization_id as "organizationId", w.url, ${SECRET_COLUMNS} from webhooks w
            where w.organization_id = $1 and w.id = $2 for update`,
    values: [organizationId, id],
  });
  return row === undefined
    ? null
    : { id: row.id, organizationId: row.organizationId, url: row.url, ...sealedSecretsOf(row) };
}

/** Seconds: how long the secret before this one counts as well; null: as long as it did. */
export async function storeWebhookSecrets(
  tx: Tx,
  { organizationId, id, current, previous }: Omit<WebhookSecrets, 'url'>,
  graceSeconds: number | null,
): Promise<void> {
  await tx.query({
    text: `update webhooks set secret_sealed = $3, secret_key_version = $4, secret_number = $5, previous_sealed = $6, previous_key_version = $7,
                  previous_until = case when $8::float8 is null then previous_until else otobot_now() + make_interval(secs => $8) end,
                  updated_at = otobot_now()
            where organization_id = $1 and id = $2`,
    values: [
      ...[organizationId, id, current.record, current.keyVersion, current.number],
      ...[previous?.record ?? null, previous?.keyVersion ?? null, graceSeconds],
    ],
  });
}

export type EditedWebhook = Pick<
  Webhook,
  'id' | 'organizationId' | 'url' | 'description' | 'events' | 'clientId' | 'service' | 'keyId' | 'disabledReason'
>;

/** `afresh`: what was held against it is forgotten, since it is another place, or was put right. */
export async function updateWebhook(tx: Tx, webhook: EditedWebhook, { afresh }: { afresh: boolean }): Promise<void> {
  const { id, organizationId, url, description, events, clientId, service, keyId, disabledReason } = webhook;
  await tx.query({
    text: `update webhooks
              set url = $3, description = $4, events = $5, client_id = $6, service = $7, key_id = $8, disabled_reason = $9,
                  disabled_at = case when $9::text is null then null else coalesce(disabled_at, otobot_now()) end, updated_at = otobot_now(),
                  failures = case when $10 then 0 else failures end, failing_since = case when $10 then null else failing_since end,
                  probe_at = case when $10 then null else probe_at end
            where organization_id = $1 and id = $2`,
    values: [organizationId, id, url, description, events, clientId, service, keyId, disabledReason, afresh],
  });
}

/** The webhooks of a key that was rerolled go on under the one that took its place. */
export async function passWebhooksOn(
  tx: Tx,
  organizationId: string,
  { from, to }: { from: string; to: string },
): Promise<void> {
  await tx.query({
    text: 'update webhooks set key_id = $3 where organization_id = $1 and key_id = $2',
    values: [organizationId, from, to],
  });
}

export async function deleteWebhook(tx: Tx, organizationId: string, id: string): Promise<void> {
  await tx.query({
    text: 'delete from webhooks where organization_id = $1 and id = $2',
    values: [organizationId, id],
  });
}
