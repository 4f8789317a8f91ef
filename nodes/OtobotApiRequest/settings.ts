import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { getCredentialAllowedDomains, sleep } from 'n8n-workflow';

import { requestGrant } from '../shared/broker';
import { attributionOf, brokerAddress } from '../shared/connection';
import { connectionAsked } from '../shared/connection-fields';
import type { ExchangeSettings } from './exchange';
import type { PaginationSettings } from './pagination';
import type { ResponseSettings } from './response';
import { isTool } from './tool';

export interface ItemSettings {
  exchange: ExchangeSettings;
  pagination: PaginationSettings;
  response: ResponseSettings;
  neverError: boolean;
}

/** For each item, since the client, the service and every option may be expressions. */
export async function settingsOf(this: IExecuteFunctions, itemIndex: number): Promise<ItemSettings> {
  const options = this.getNodeParameter('options', itemIndex, {}) as IDataObject;
  const response = group(options, 'response', 'response');
  const itemsPath = text(options.itemsPath);
  return {
    exchange: { ...(await outside.call(this, itemIndex)), ...limitsOf(options) },
    pagination: paginationOf.call(this, itemIndex, itemsPath),
    response: {
      format: (text(response.responseFormat) || 'autodetect') as ResponseSettings['format'],
      outputField: text(response.outputPropertyName) || 'data',
      fullResponse: response.fullResponse === true,
      itemsPath,
      splitIntoItems: options.splitIntoItems !== false,
      toBinary: async (content, fileName, mimeType) =>
        await this.helpers.prepareBinaryData(content, fileName, mimeType),
    },
    neverError: response.neverError === true,
  };
}

export function batchingOf(this: IExecuteFunctions): { batchSize: number; batchIntervalMs: number } {
  const options = this.getNodeParameter('options', 0, {}) as IDataObject;
  const { batchSize, batchInterval } = group(options, 'batching', 'batch');
  return { batchSize: Math.max(1, number(batchSize, 1)), batchIntervalMs: number(batchInterval, 0) };
}

/** The way to the broker and to the network. */
async function outside(this: IExecuteFunctions, itemIndex: number) {
  const credentials = await this.getCredentials('otobotDatabaseApi', itemIndex);
  const asked = await connectionAsked.call(this, itemIndex, credentials);
  const run = attributionOf({ workflowId: this.getWorkflow().id, executionId: this.getExecutionId() });
  const http = this.helpers.httpRequest;
  const abortSignal = this.getExecutionCancelSignal();
  return {
    http,
    abortSignal,
    anyHost: !isTool(this.getNode()),
    allowedDomains: getCredentialAllowedDomains({
      node: this.getNode(),
      credentialData: credentials,
      surface: 'Otobot API Request',
    }),
    ask: async (rejected?: string) =>
      await requestGrant(http, brokerAddress(credentials), {
        ...asked,
        ...run,
        ...(rejected === undefined ? {} : { rejected }),
      }),
    wait: async (ms: number) => await sleep(ms, abortSignal),
    nowMs: Date.now,
    random: Math.random,
  };
}

function limitsOf(options: IDataObject) {
  return {
    timeoutMs: number(options.timeout, 60_000),
    followRedirects: options.followRedirects !== false,
    maxRetries: number(options.maxRetries, 3),
    maxWaitMs: number(options.maxRetryWait, 60) * 1_000,
  };
}

function paginationOf(this: IExecuteFunctions, itemIndex: number, itemsPath: string): PaginationSettings {
  const parameter = (name: string) => this.getNodeParameter(name, itemIndex, '');
  const mode = (text(parameter('pagination')) || 'off') as PaginationSettings['mode'];
  return {
    mode,
    nextPath: text(parameter(mode === 'cursor' ? 'cursorPath' : 'nextUrlPath')),
    morePath: text(parameter('morePath')),
    parameter: text(parameter('pageParameter')),
    sendIn: parameter('sendPageIn') === 'body' ? 'body' : 'query',
    first: mode === 'page' ? number(parameter('firstPage'), 1) : 0,
    pageSize: number(parameter('pageSize'), 0),
    maxPages: number(parameter('maxPages'), 100),
    itemsPath,
  };
}

/** A collection within `options`, which is not there until somebody adds it. */
function group(options: IDataObject, name: string, inner: string): IDataObject {
  return ((options[name] as IDataObject | undefined)?.[inner] as IDataObject | undefined) ?? {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

function number(value: unknown, otherwise: number): number {
  const given = value === '' || value === null || value === undefined ? NaN : Number(value);
  return Number.isFinite(given) ? given : otherwise;
}
