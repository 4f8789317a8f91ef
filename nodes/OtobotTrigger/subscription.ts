import type { IDataObject, IHookFunctions } from 'n8n-workflow';

import { callBroker, type BrokerCall } from '../shared/broker';
import { BrokerError } from '../shared/broker-error';
import { brokerAddress } from '../shared/connection';
import { asNodeError } from '../shared/failure';
import type { Seen } from './seen';
import { isAsWanted, wanted, type Wanted, type Webhook } from './wanted';

/** What the node remembers, in n8n's static data: of a test in the memory of n8n, of a published workflow with it. */
export interface Remembered {
  webhookId?: string;
  /** Only good for starting this workflow: n8n shows it to whoever may see the workflow. */
  secret?: string;
  seen?: Seen;
}

const WEBHOOKS = '/v1/webhooks';
/** An organization has no more. */
const MOST_WEBHOOKS = 100;

export function rememberedBy(this: Pick<IHookFunctions, 'getWorkflowStaticData'>): Remembered {
  const remembered = this.getWorkflowStaticData('node') as Remembered;
  // Whoever edits workflows can write it, through n8n's API: `../clients/acme` would have n8n's key delete a client.
  if (!UUID.test(String(remembered.webhookId))) delete remembered.webhookId;
  return remembered;
}
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Whether the broker has the webhook, in service, and as the node now wants it. */
export async function isSubscribed(this: IHookFunctions): Promise<boolean> {
  const { webhookId, secret } = rememberedBy.call(this);
  if (webhookId === undefined || secret === undefined) return false;
  try {
    const webhook = await askUnlessGone.call(this, { method: 'GET', path: `${WEBHOOKS}/${webhookId}` });
    return webhook !== null && isAsWanted(webhook as unknown as Webhook, wanted.call(this));
  } catch (error) {
    const isStarting = STARTING.includes(this.getActivationMode());
    if (!isStarting || !isOutage(error)) throw asNodeError(this.getNode(), error, 0);
    // n8n answers a failure here by deleting the webhook, and with it what waits at the broker to be sent.
    this.logger.warn(`Otobot Trigger: the webhook ${webhookId} is taken for good. ${(error as Error).message}`);
    return true;
  }
}
const STARTING = ['init', 'leadershipChange'];

/** Has the broker send what the node wants. A webhook that is there is changed, since what waits for it would end with it. */
export async function subscribe(this: IHookFunctions): Promise<void> {
  const remembered = rememberedBy.call(this);
  const want = wanted.call(this);
  if (await isAdapted.call(this, remembered, want)) return;
  await removeStrays.call(this, want.url);
  const { url, events, clientId, service } = want;
  const body = {
    ...{ url, description: descriptionOf(this.getWorkflow()) },
    ...(events && { events }),
    ...(clientId !== null && { clientId }),
    ...(service !== null && { service }),
  };
  const { id, secret } = await orUnfit(url, ask.call(this, { method: 'POST', path: WEBHOOKS, body }));
  remembered.webhookId = String(id);
  remembered.secret = String(secret);
}

/** Never throws: a broker that is down, or a key that has ended, must not keep a workflow from being unpublished. */
export async function unsubscribe(this: IHookFunctions): Promise<void> {
  const remembered = rememberedBy.call(this);
  const { webhookId } = remembered;
  if (webhookId === undefined) return;
  try {
    await askUnlessGone.call(this, { method: 'DELETE', path: `${WEBHOOKS}/${webhookId}` });
    delete remembered.webhookId;
    delete remembered.secret;
  } catch (error) {
    // Remembered still: publishing again takes it up, with what waits for it.
    this.logger.warn(
      `Otobot Trigger: the webhook ${webhookId} is left at the broker, which goes on sending to it for up to five days. To delete it there: otobot webhook delete ${webhookId}. ${(error as Error).message}`,
    );
  }
}

async function isAdapted(this: IHookFunctions, { webhookId, secret }: Remembered, want: Wanted): Promise<boolean> {
  if (webhookId === undefined || secret === undefined) return false;
  const body = { ...want, enabled: true };
  const call: BrokerCall = { method: 'PATCH', path: `${WEBHOOKS}/${webhookId}`, body };
  return (await orUnfit(want.url, askUnlessGone.call(this, call))) !== null;
}

/** Those whose secret nobody has any more: of a test that a restart of n8n has ended, or a deletion that failed. */
async function removeStrays(this: IHookFunctions, url: string): Promise<void> {
  const { items } = await ask.call(this, { method: 'GET', path: WEBHOOKS, query: { limit: MOST_WEBHOOKS } });
  // The URL has an ID of this node in it, which no other node has.
  for (const stray of (items as unknown as Webhook[]).filter((webhook) => webhook.url === url)) {
    await ask.call(this, { method: 'DELETE', path: `${WEBHOOKS}/${stray.id}` });
  }
}

async function ask(this: IHookFunctions, call: BrokerCall): Promise<IDataObject> {
  const credentials = await this.getCredentials('otobotDatabaseApi');
  return await callBroker(this.helpers.httpRequest, brokerAddress(credentials), call);
}

/** @returns null for a webhook that the broker does not have, or no more */
async function askUnlessGone(this: IHookFunctions, call: BrokerCall): Promise<IDataObject | null> {
  const asked = ask.call(this, call);
  return await asked.catch((error: unknown) => (isGone(error) ? null : Promise.reject(error)));
}

function descriptionOf({ id, name }: { id?: string; name?: string }): string {
  return `n8n workflow ${id ?? ''}: ${name ?? ''}`.replace(/\p{Cc}+/gu, ' ').slice(0, 200);
}

function isGone(error: unknown): boolean {
  return error instanceof BrokerError && error.httpStatus === 404 && error.reasonCode === 'not_found';
}

function isOutage(error: unknown): boolean {
  return error instanceof BrokerError && (error.reasonCode === 'unreachable' || (error.httpStatus ?? 0) >= 500);
}

/** The broker tells about a URL, and the reader about a setting of n8n: it says localhost until it is told otherwise. */
async function orUnfit<Answer>(url: string, asked: Promise<Answer>): Promise<Answer> {
  return await asked.catch((error: unknown) => {
    if (!(error instanceof BrokerError) || !/^url\b/.test(error.message)) throw error;
    throw new BrokerError(
      `The Otobot broker does not send to ${new URL(url).origin}, where this n8n says that it is. Set WEBHOOK_URL of n8n to an https URL of a public host, or have the broker's operator list the host in OTOBOT_PRIVATE_HOSTS`,
      {
        reasonCode: error.reasonCode,
        httpStatus: error.httpStatus ?? undefined,
        description: error.description ?? undefined,
      },
    );
  });
}
