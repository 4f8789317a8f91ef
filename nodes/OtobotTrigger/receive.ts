import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { TEST_EVENT } from './events';
import { arrivalOf, forgetHere, rememberHere, withSeen } from './seen';
import { verified, type SignedRequest } from './signature';
import { rememberedBy } from './subscription';

interface BrokerEvent {
  type: string;
  /** When it happened, ISO 8601. */
  timestamp: string;
  data: IDataObject;
}

/** There in each item, so that an expression finds them: what is about a provider is about no client. */
const ABOUT_NOBODY = { clientId: null, service: null, connectionId: null, name: null };

/** One request to the webhook's URL, by the broker or by anybody: starts the workflow once for each event of the broker. */
export async function receive(this: IWebhookFunctions): Promise<IWebhookResponseData> {
  const remembered = rememberedBy.call(this);
  const { webhookId, secret, seen = {} } = remembered;
  if (webhookId === undefined || secret === undefined)
    return refused.call(this, 'the workflow is to be published anew');
  const { headers, rawBody } = this.getRequestObject();
  const body = Buffer.isBuffer(rawBody) ? rawBody : Buffer.alloc(0);
  const request = verified({ headers, body, secret, nowMs: Date.now() });
  if (typeof request === 'string') return refused.call(this, request);
  const event = eventIn(request);
  if (event === null) return refused.call(this, 'it is no event of Otobot');

  const arrival = arrivalOf(seen, webhookId, request.id, request.timestamp);
  if (arrival === 'replayed') return refused.call(this, 'it has come before');
  remembered.seen = withSeen(seen, request.id, request.timestamp);
  if (arrival === 'again') return { webhookResponse: 'This event has already started the workflow' };
  if (event.type === TEST_EVENT && !includesTest.call(this)) return { webhookResponse: 'The webhook works' };
  rememberWhileTaken.call(this, webhookId, request);
  return { workflowData: [[{ json: itemOf(request.id, event) }]] };
}

/** n8n answers when the execution is on record. Should it fail before, the broker's next attempt must find the event new. */
function rememberWhileTaken(this: IWebhookFunctions, webhookId: string, { id, timestamp }: SignedRequest): void {
  const response = this.getResponseObject();
  rememberHere(webhookId, id, timestamp);
  response.once('close', () => {
    if (!response.writableFinished || response.statusCode >= 300) forgetHere(webhookId, id);
  });
}

function refused(this: IWebhookFunctions, because: string): IWebhookResponseData {
  this.logger.warn(`Otobot Trigger: a request to the webhook was refused: ${because}`);
  this.getResponseObject()
    .status(401)
    .json({ message: `Refused: ${because}` });
  return { noWebhookResponse: true };
}

function includesTest(this: IWebhookFunctions): boolean {
  const { includeTestEvent } = this.getNodeParameter('options', {}) as IDataObject;
  return includeTestEvent === true;
}

function eventIn({ body }: SignedRequest): BrokerEvent | null {
  const event = JSON.parse(body.toString()) as Partial<BrokerEvent>;
  const { type, timestamp, data } = event;
  const isEvent =
    typeof type === 'string' && typeof timestamp === 'string' && typeof data === 'object' && data !== null;
  return isEvent ? { type, timestamp, data } : null;
}

function itemOf(id: string, { type, timestamp, data }: BrokerEvent): IDataObject {
  const head = { id, type, timestamp };
  return { ...head, ...ABOUT_NOBODY, ...data, ...head };
}
