import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { IBinaryData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { OtobotApiRequest } from '../../nodes/OtobotApiRequest/OtobotApiRequest.node';
import { brokerStandIn, credentialFields, grantFor, httpRequest, ok, type Received, type Scripted } from './support';

export interface ApiRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  token: string | undefined;
}

export interface ApiReply {
  status?: number;
  headers?: Record<string, string | string[]>;
  /** Text and bytes as they are; anything else as JSON. */
  body?: unknown;
}

/** The API of a service: answers with what `reply` says, and keeps what it got. */
export async function apiStandIn(reply: (request: ApiRequest, earlier: number) => ApiReply) {
  const received: ApiRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const token = headers.authorization?.replace(/^Bearer /, '');
      const entry = { method, url, headers, body: Buffer.concat(chunks), token };
      const { status = 200, headers: more = {}, body = '' } = reply(entry, received.length);
      received.push(entry);
      const isPlain = typeof body === 'string' || Buffer.isBuffer(body);
      response.writeHead(status, { ...(isPlain ? {} : { 'content-type': 'application/json' }), ...more });
      response.end(isPlain ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  };
}

export interface Run {
  items?: INodeExecutionData[];
  parameters?: IDataObject;
  /** Values of expressions, by item. */
  resolved?: IDataObject[];
  credentials?: (itemIndex: number) => IDataObject;
  continueOnFail?: boolean;
  isTool?: boolean;
  /** Takes what the node tells beside its items. */
  hints?: string[];
}

interface Script {
  /** What the broker answers; by default a token of the client's name. */
  grant: (request: Received) => Scripted;
  /** What the API answers, by the request and the number of those before it. */
  reply: (request: ApiRequest, earlier: number) => ApiReply;
}

/** A broker, an API and the node between them, in an n8n reduced to what the node calls. */
export async function openStage() {
  const stage: Script = {
    grant: ({ body }) => ok(grantOf(String(body.clientId))),
    reply: () => ({ body: { ok: true } }),
  };
  const api = await apiStandIn((request, earlier) => stage.reply(request, earlier));
  const broker = await brokerStandIn((request) => stage.grant(request));
  const grantOf = (clientId: string, more = {}) =>
    grantFor({ clientId, token: `token-of-${clientId}`, baseUrl: api.url, allowedHosts: ['127.0.0.1'], ...more });
  return Object.assign(stage, {
    api,
    broker,
    grantOf,
    tokens: () => api.received.map(({ token }) => token),
    execute: async (run: Run = {}) => await execute(broker.url, run),
    failure: async (run: Run = {}): Promise<unknown> =>
      await execute(broker.url, run).then(
        () => undefined,
        (error: unknown) => error,
      ),
    close: async () => await Promise.all([api.close(), broker.close()]),
  });
}

async function execute(brokerUrl: string, run: Run): Promise<INodeExecutionData[]> {
  const { items = [{ json: {} }] as INodeExecutionData[], parameters = {}, resolved = [] } = run;
  const context = {
    getInputData: () => items,
    getNode: () => ({
      name: 'Request',
      type: `n8n-nodes-otobot.otobotApiRequest${run.isTool ? 'Tool' : ''}`,
      parameters,
    }),
    getNodeParameter: (name: string, i: number, fallback: unknown) =>
      resolved[i]?.[name] ?? valueAt(parameters, name) ?? fallback,
    getCredentials: async (_type: string, i: number) => credentialFields(brokerUrl, run.credentials?.(i)),
    getWorkflow: () => ({ id: 'wf-1' }),
    getExecutionId: () => '42',
    getExecutionCancelSignal: () => undefined,
    continueOnFail: () => run.continueOnFail ?? false,
    addExecutionHints: ({ message }: { message: string }) => run.hints?.push(message),
    helpers: {
      httpRequest,
      assertBinaryData: (i: number, field: string) => items[i]?.binary?.[field],
      getBinaryDataBuffer: async (i: number, field: string) =>
        Buffer.from(items[i]?.binary?.[field]?.data ?? '', 'base64'),
      prepareBinaryData: async (content: Buffer, fileName?: string, mimeType = 'application/octet-stream') =>
        binaryOf(content, fileName, mimeType),
    },
  };
  const [output] = await new OtobotApiRequest().execute.call(context as unknown as IExecuteFunctions);
  return output ?? [];
}

export function binaryOf(content: Buffer, fileName?: string, mimeType = 'application/octet-stream'): IBinaryData {
  return { data: content.toString('base64'), mimeType, ...(fileName === undefined ? {} : { fileName }) };
}

function valueAt(parameters: IDataObject, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as IDataObject | undefined)?.[key], parameters);
}
