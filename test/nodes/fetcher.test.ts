import fs from 'node:fs';
import path from 'node:path';

import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { OtobotCredentialFetcher } from '../../nodes/OtobotCredentialFetcher/OtobotCredentialFetcher.node';
import { parametersOf, runFetcher, type Run } from './run-fetcher';
import { brokerStandIn, credentialFields, fingerprintOf, grantFor, ok, problem, type Scripted } from './support';

let answer: (clientId: string) => Scripted;
let broker: Awaited<ReturnType<typeof brokerStandIn>>;
beforeEach(async () => {
  answer = (clientId) => ok(grantFor({ clientId, token: `token-of-${clientId}` }));
  broker = await brokerStandIn(({ body }) => answer(String(body.clientId)));
});
afterEach(() => broker.close());

const execute = (run: Partial<Run> = {}): Promise<INodeExecutionData[]> =>
  runFetcher({ ...run, credentials: (i) => credentialFields(broker.url, run.credentials?.(i)) });

const asked = () => broker.received.map(({ body }) => body.clientId);

test('the state of the credential comes out, the secret does not', async () => {
  const [item] = await execute({ parameters: { operation: 'getCredentials' } });
  expect(JSON.stringify(item)).not.toContain('token-of-acme');
  expect(item?.json).toEqual({
    clientId: 'acme',
    service: 'google',
    name: 'default',
    connectionId: 'c-1',
    kind: 'oauth2',
    status: 'active',
    expiresAt: '2026-11-20T10:00:00Z',
    scopes: ['read'],
    account: { id: '7', label: 'acme@example.com' },
    baseUrl: null,
    allowedHosts: ['googleapis.com'],
    generation: 1,
    fingerprint: fingerprintOf('token-of-acme'),
  });
});

test('a field that the broker may add one day does not slip out', async () => {
  answer = () => ok({ ...grantFor(), refreshToken: 'never' });
  const [item] = await execute({ parameters: { includeSecret: true } });
  expect(item?.json).not.toHaveProperty('refreshToken');
});

test('the secret comes out when it is asked for', async () => {
  const [item] = await execute({ parameters: { includeSecret: true } });
  expect(item?.json).toMatchObject({
    accessToken: 'token-of-acme',
    headers: { Authorization: 'Bearer token-of-acme' },
  });
  expect(item?.json).not.toHaveProperty('apiKey');
});

test('each item gets the connection of its own client, and is linked to its origin', async () => {
  const items = [{}, {}, {}];
  const names = ['a', 'b', 'c'];
  const output = await execute({ items, credentials: (i) => ({ clientId: names[i] }) });
  expect(output.map(({ json }) => json.clientId)).toEqual(names);
  expect(output.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
});

test('the fields of the node override those of the credential', async () => {
  const parameters = { clientId: 'globex', service: 'slack', options: { connectionName: 'second', minTtl: 600 } };
  await execute({ parameters, executionId: 'ex-1' });
  expect(broker.received[0]?.body).toEqual({
    ...{ clientId: 'globex', service: 'slack', name: 'second', minTtl: 600 },
    ...{ workflowId: 'wf-1', executionId: 'ex-1' },
  });
});

test("an expression that finds nothing never falls back to the credential's client", async () => {
  const clientId = { __rl: true, mode: 'id', value: '={{ $json.client }}' };
  const run = { parameters: { clientId }, resolved: [{ clientId: { ...clientId, value: undefined } }] };
  await expect(execute(run)).rejects.toThrow('"Client ID" is empty');
  expect(asked()).toEqual([]);
});

test('a Client ID that is no text is refused', async () => {
  await expect(execute({ credentials: () => ({ clientId: ['acme'] }) })).rejects.toThrow('gave a list');
  await execute({ credentials: () => ({ clientId: 4711 }) });
  expect(asked()).toEqual(['4711']);
});

test('a refusal stops the node with the status, the sentence and the item', async () => {
  answer = (clientId) => (clientId === 'b' ? problem(404, 'not_found') : ok(grantFor()));
  const failure: unknown = await execute({
    items: [{}, {}],
    credentials: (i) => ({ clientId: ['a', 'b'][i] }),
  }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(NodeApiError);
  expect(failure).toMatchObject({ httpCode: '404', context: { itemIndex: 1 } });
  expect((failure as Error).message).toContain('knows no client "b"');
});

test('a mistake in the node itself stops it as such', async () => {
  const failure: unknown = await execute({ parameters: { operation: 'getEverything' } }).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(NodeOperationError);
  expect(failure).toMatchObject({
    message: 'There is no operation "getEverything" of "credential"',
    context: { itemIndex: 0 },
  });
});

test('set to go on, it returns what is needed to mail the client the link', async () => {
  const connectUrl = 'https://otobot.example/connect/abc';
  answer = (clientId) =>
    clientId === 'a' ? problem(409, 'reauth_required', { reason: 'revoked', connectUrl }) : ok(grantFor({ clientId }));
  const output = await execute({
    items: [{}, {}],
    credentials: (i) => ({ clientId: ['a', 'b'][i] }),
    continueOnFail: true,
  });
  expect(output[0]).toMatchObject({
    json: { details: { code: 'reauth_required', connectUrl } },
    pairedItem: { item: 0 },
  });
  // With any other member n8n takes it for a success.
  expect(Object.keys(output[0]?.json ?? {})).toEqual(['error', 'details']);
  expect(output[1]).toMatchObject({ json: { clientId: 'b' }, pairedItem: { item: 1 } });
});

test('the headers come out where that operation is chosen, and nothing else of the secret', async () => {
  answer = () => ok(grantFor({ headers: { 'X-Api-Key': 'k-1' }, baseUrl: 'https://www.googleapis.com' }));
  const [item] = await execute({ parameters: { resource: 'credential', operation: 'getAuthHeaders' } });
  expect(item?.json).toEqual({
    ...{ clientId: 'acme', service: 'google', name: 'default', connectionId: 'c-1' },
    ...{ headers: { 'X-Api-Key': 'k-1' }, baseUrl: 'https://www.googleapis.com', allowedHosts: ['googleapis.com'] },
    expiresAt: '2026-11-20T10:00:00Z',
  });
});

describe('a workflow of the first version', () => {
  const FIRST: IDataObject = {
    operation: 'getCredentials',
    clientId: 'globex',
    service: 'slack',
    includeSecret: true,
    options: { connectionName: 'second', minTtl: 600 },
  };

  // n8n takes a node that says no version for version 0, and shows it the fields for that.
  test.each([[1], [0], [1.1]])('runs unchanged, as version %d', async (typeVersion) => {
    expect(parametersOf({ typeVersion, parameters: FIRST })).toMatchObject(FIRST);
    const [item] = await execute({ typeVersion, parameters: FIRST });
    expect(broker.received[0]?.body).toMatchObject({
      clientId: 'globex',
      service: 'slack',
      name: 'second',
      minTtl: 600,
    });
    expect(item?.json).toMatchObject({ clientId: 'globex', accessToken: 'token-of-globex' });
  });

  test('falls back to no other client where its expression finds nothing', async () => {
    const parameters = { ...FIRST, clientId: '={{ $json.client }}' };
    const run = { typeVersion: 1, parameters, resolved: [{ clientId: '' }] };
    await expect(execute(run)).rejects.toThrow('"Client ID" is empty');
    expect(asked()).toEqual([]);
  });

  test('keeps its own fields, and is offered nothing that came later', () => {
    const kept = Object.keys(parametersOf({ typeVersion: 1 })).sort();
    expect(kept).toEqual(['clientId', 'includeSecret', 'operation', 'options', 'service']);
    expect(parametersOf({ typeVersion: 1 })).toMatchObject({ clientId: '', service: '', includeSecret: false });
  });
});

describe('the description', () => {
  const { description } = new OtobotCredentialFetcher();
  const folder = path.join(__dirname, '..', '..', 'nodes', 'OtobotCredentialFetcher');

  test('does not offer the node as a tool, and says so', () => {
    expect(description).toHaveProperty('usableAsTool', undefined);
  });

  test('is versioned, and named as the codex file names it', () => {
    const codex = JSON.parse(
      fs.readFileSync(path.join(folder, 'OtobotCredentialFetcher.node.json'), 'utf8'),
    ) as IDataObject;
    expect(codex.node).toBe(`n8n-nodes-otobot.${description.name}`);
    expect(description).toMatchObject({ version: [1, 1.1], defaultVersion: 1.1 });
  });

  test('warns beside the switch that lets the secret out, which is off', () => {
    const fields = (name: string) => description.properties.filter((property) => property.name === name);
    expect(fields('includeSecret').map((field) => field.default)).toEqual([false, false]);
    expect(fields('includeSecretNotice')).toHaveLength(2);
    for (const notice of fields('includeSecretNotice'))
      expect(notice).toMatchObject({ type: 'notice', displayOptions: { show: { includeSecret: [true] } } });
  });

  test('warns where the operation itself lets the secret out', () => {
    const notice = description.properties.find(({ name }) => name === 'authHeadersNotice');
    expect(notice).toMatchObject({ type: 'notice', displayOptions: { show: { operation: ['getAuthHeaders'] } } });
  });

  test('shows each operation its own fields, and begins with one that lets nothing out', () => {
    expect(parametersOf({})).toMatchObject({
      resource: 'credential',
      operation: 'getCredentials',
      includeSecret: false,
    });
    const fieldsOf = (resource: string, operation?: string) =>
      Object.keys(parametersOf({ parameters: { resource, ...(operation && { operation }) } }))
        .sort()
        .join(' ');
    const one = 'clientId connectionBy operation options resource service';
    expect(fieldsOf('connection')).toBe(one);
    expect(fieldsOf('connection', 'refresh')).toBe(one);
    expect(fieldsOf('connection', 'disable')).toBe(one);
    expect(fieldsOf('connection', 'createConnectLink')).toBe('clientId operation options resource service');
    expect(fieldsOf('connection', 'getAll')).toBe('filters limit operation resource returnAll');
    expect(fieldsOf('client')).toBe('filters limit operation resource returnAll');
    expect(fieldsOf('client', 'create')).toBe('additionalFields clientName newClientId operation resource');
    expect(fieldsOf('credential', 'getAuthHeaders')).toBe(
      'authHeadersNotice clientId operation options resource service',
    );
  });
});
