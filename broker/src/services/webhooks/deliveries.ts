import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Database, Tx } from '../../db/database';
import { Problem } from '../../errors/problem';
import {
  findDelivery,
  listDeliveries,
  queueTest,
  replayDelivery,
  replayEvents,
  type Delivery,
  type DeliveryPlace,
  type DeliveryStatus,
} from '../../repositories/webhook-deliveries';
import type { Authorize } from '../access/authorize';
import type { Caller } from '../access/principal';
import { pageOf, positionOf, type Page, type PageRequest } from '../page';
import { TEST_TYPE, TOLD_TYPES } from './event-types';
import { foundWebhook, webhookReachOf } from './rules';
import { deliveryViewOf, type DeliveryView } from './view';
import { WEBHOOK_SCOPE } from './webhooks';

/** What came of a test by the time of the answer. */
export interface TestOutcome extends Pick<Delivery, 'eventId' | 'httpStatus' | 'code' | 'answer' | 'durationMs'> {
  status: DeliveryStatus;
}

export interface Replayed {
  events: number;
  /** There are more: go on from `lastAt`. */
  more: boolean;
  lastAt: Date | null;
}

/** What was, and will be, sent to a webhook. */
export interface WebhookDeliveries {
  list(
    caller: Caller,
    id: string,
    query: PageRequest & { status?: DeliveryStatus | undefined },
  ): Promise<Page<DeliveryView>>;
  /** Has a worker send an event of no meaning, and waits up to 5 s for what comes of it. */
  test(caller: Caller, id: string): Promise<TestOutcome>;
  /** Everything that the webhook hears, once more, from a moment on. */
  replay(caller: Caller, id: string, which: { since: Date; onlyUndelivered: boolean }): Promise<Replayed>;
  replayOne(caller: Caller, id: string, deliveryId: string): Promise<DeliveryView>;
}

export interface WebhookDeliveriesParts {
  database: Database;
  authorize: Authorize;
}

const POSITION = z.uuid();
const TEST_WAITS_MS = 5_000;
const LOOK_EVERY_MS = 100;
/** In one request. */
const MOST_REPLAYED = 10_000;

export function createWebhookDeliveries({ database, authorize }: WebhookDeliveriesParts): WebhookDeliveries {
  /** The webhook, for a caller who may manage it, in a transaction in which `work` goes on. */
  const on = async <T>(
    { caller, action, id }: { caller: Caller; action: string; id: string },
    work: (tx: Tx, place: Omit<DeliveryPlace, 'id'>) => Promise<T>,
  ): Promise<T> => {
    const ask = { action: `webhook.${action}`, scope: WEBHOOK_SCOPE, detail: { webhookId: id } } as const;
    const who = await authorize(caller, ask);
    const { organizationId } = who;
    return database.asTenant(organizationId, async (tx) => {
      await foundWebhook(tx, who, id);
      return work(tx, { organizationId, webhookId: id, within: webhookReachOf(who) });
    });
  };

  const read = (place: DeliveryPlace): Promise<Delivery | null> =>
    database.asTenant(place.organizationId, (tx) => findDelivery(tx, place));

  return {
    list: (caller, id, { limit, cursor, status = null }) =>
      on({ caller, action: 'deliveries', id }, async (tx, place) => {
        const which = { limit: limit + 1, after: positionOf(cursor, POSITION), status };
        const rows = await listDeliveries(tx, place, which);
        return pageOf(rows, limit, { position: (delivery) => delivery.id, show: deliveryViewOf });
      }),

    async test(caller, id) {
      const event = { type: TEST_TYPE, data: { webhookId: id } };
      const queued = await on({ caller, action: 'test', id }, async (tx, place) => ({
        ...place,
        id: await queueTest(tx, place, event),
      }));
      const deadline = performance.now() + TEST_WAITS_MS;
      let delivery = await read(queued);
      while (delivery?.status === 'waiting' && performance.now() < deadline) {
        await delay(LOOK_EVERY_MS);
        delivery = await read(queued);
      }
      if (delivery === null) throw noDelivery();
      const { eventId, status, httpStatus, code, answer, durationMs } = delivery;
      return { eventId, status, httpStatus, code, answer, durationMs };
    },

    replay: (caller, id, which) =>
      on({ caller, action: 'replay', id }, async (tx, place) => {
        const asked = { ...which, types: TOLD_TYPES, limit: MOST_REPLAYED };
        const { events, lastAt } = await replayEvents(tx, place, asked);
        return { events, more: events === MOST_REPLAYED, lastAt };
      }),

    replayOne: (caller, id, deliveryId) =>
      on({ caller, action: 'replay', id }, async (tx, webhook) => {
        const place = { ...webhook, id: deliveryId };
        const isSeen = (await findDelivery(tx, place)) !== null;
        const found = isSeen && (await replayDelivery(tx, place)) ? await findDelivery(tx, place) : null;
        if (found === null) throw noDelivery();
        return deliveryViewOf(found);
      }),
  };
}

const noDelivery = (): Problem =>
  new Problem('not_found', 'There is no such delivery of an event. GET /v1/webhooks/:id/deliveries lists them.');
