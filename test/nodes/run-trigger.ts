import type { IDataObject, IHookFunctions, INodeExecutionData, IWebhookFunctions } from 'n8n-workflow';
import { EventEmitter } from 'node:events';

import { OtobotTrigger } from '../../nodes/OtobotTrigger/OtobotTrigger.node';
import type { Remembered } from '../../nodes/OtobotTrigger/subscription';
import { httpRequest } from './support';

/** One node in one n8n: what n8n keeps of it, and how it is set. */
export interface Published {
  url: string;
  remembered: Remembered;
  parameters: IDataObject;
  /** As they stand in the workflow, where expressions are not what they give. */
  written?: IDataObject;
  credentials: IDataObject;
  activation?: 'init' | 'activate' | 'update';
  /** What the node has said in n8n's log. */
  log: string[];
}

/** As n8n calls it: publishing asks `checkExists` and then, where that is false, `create`. */
export async function lifecycle(published: Published, step: 'checkExists' | 'create' | 'delete'): Promise<boolean> {
  const { webhookMethods } = new OtobotTrigger();
  return await webhookMethods.default[step].call(contextOf(published) as unknown as IHookFunctions);
}

export interface Answer {
  /** What the sender sees. */
  status: number;
  items: INodeExecutionData[] | null;
  /** Ends the connection as n8n does, with this status; without one as a sender does who waits no longer. */
  end(status?: number): void;
}

/** One request to the URL of the node. */
export async function deliver(published: Published, headers: IDataObject, body: string): Promise<Answer> {
  let status = 200;
  const response = Object.assign(new EventEmitter(), {
    statusCode: 200,
    writableFinished: false,
    status: (code: number) => ((status = code), { json: () => undefined }),
  });
  const context = {
    ...contextOf(published),
    getRequestObject: () => ({ headers, rawBody: Buffer.from(body) }),
    getResponseObject: () => response,
  };
  const { workflowData } = await new OtobotTrigger().webhook.call(context as unknown as IWebhookFunctions);
  const end = (ended?: number) => {
    Object.assign(response, ended === undefined ? {} : { statusCode: ended, writableFinished: true });
    response.emit('close');
  };
  return { status, items: workflowData?.[0] ?? null, end };
}

function contextOf({ url, remembered, parameters, written, credentials, activation, log }: Published) {
  return {
    getNode: () => ({ name: 'Trigger', type: 'trigger', parameters: written ?? parameters }),
    getNodeParameter: (name: string, fallback: unknown) => parameters[name] ?? fallback,
    getNodeWebhookUrl: () => url,
    getWorkflow: () => ({ id: 'wf-1', name: 'Reminders' }),
    getWorkflowStaticData: () => remembered,
    getActivationMode: () => activation ?? 'activate',
    getCredentials: async () => credentials,
    logger: { warn: (line: string) => void log.push(line) },
    helpers: { httpRequest },
  };
}
