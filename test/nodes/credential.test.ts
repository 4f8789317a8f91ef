import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { OtobotDatabaseApi } from '../../credentials/OtobotDatabaseApi.credentials';
import {
  brokerStandIn,
  credentialFields,
  fingerprintOf,
  grantFor,
  helper,
  INTERNAL_TOKEN,
  ok,
  problem,
  type Scripted,
} from './support';

const API = 'https://www.googleapis.com/calendar';
const type = new OtobotDatabaseApi();
const open = (credentials: ICredentialDataDecryptedObject) => type.preAuthentication.call(helper, credentials);
const authenticate = (credentials: ICredentialDataDecryptedObject, request: IHttpRequestOptions) =>
  (type.authenticate as (c: unknown, r: unknown) => Promise<IHttpRequestOptions>)(credentials, request);

let broker: Awaited<ReturnType<typeof brokerStandIn>>;
let answers: Scripted[];

beforeEach(async () => {
  answers = [];
  broker = await brokerStandIn(() => answers.shift() ?? problem(500, 'internal'));
});
afterEach(() => broker.close());

const credentials = (fields = {}) => credentialFields(broker.url, fields);
/** A request that n8n sent with the first token, and that then failed. */
async function failedRequest(method: 'GET' | 'POST' = 'GET') {
  const fields = credentials();
  answers.push(ok(grantFor()));
  await open(fields);
  await authenticate(fields, { url: API, method });
  return fields;
}

describe('the credential type', () => {
  test('authenticate is an own property, which n8n keeps for community packages', () => {
    expect(Object.keys(type)).toContain('authenticate');
  });

  test('has the one field that makes n8n call preAuthentication, always empty', () => {
    const session = type.properties.find(({ name }) => name === 'session');
    expect(session).toMatchObject({ type: 'hidden', default: '', typeOptions: { expirable: true } });
  });

  test('fields that hold expressions do not break Test and drop-downs', () => {
    for (const name of ['clientId', 'service', 'connectionName']) {
      const field = type.properties.find((property) => property.name === name);
      expect(field?.typeOptions?.ignoreCredentialExpressionResolveError).toBe(true);
    }
  });

  test('is open to the HTTP Request node', () => {
    expect(type).not.toHaveProperty('restrictToSupportedNodes');
  });
});

describe('a request', () => {
  test("carries the client's token", async () => {
    const fields = credentials();
    answers.push(ok(grantFor()));
    expect(await open(fields)).toEqual({});
    const sent = await authenticate(fields, { url: API, headers: { authorization: 'mine', Accept: 'text/plain' } });
    expect(sent.headers).toEqual({ Accept: 'text/plain', Authorization: 'Bearer access-1' });
    expect(sent.sendCredentialsOnCrossOriginRedirect).toBe(false);
    expect(broker.received).toHaveLength(1);
    expect(broker.received[0]).toMatchObject({
      method: 'POST',
      url: '/v1/grants',
      body: { clientId: 'acme', service: 'google', name: 'default' },
    });
    expect(broker.received[0]?.headers.authorization).toBe(`Bearer ${INTERNAL_TOKEN}`);
  });

  test('leaves no token on anything that n8n shows, copies or stores', async () => {
    const fields = credentials();
    const request = { url: API, headers: {} };
    answers.push(ok(grantFor()));
    await open(fields);
    await authenticate(fields, request);
    expect(JSON.stringify([fields, { ...fields }, request])).not.toContain('access-1');
  });

  test('with an API key in a header of its own does not carry it to another host by a redirect', async () => {
    const fields = credentials();
    answers.push(ok(grantFor({ kind: 'api_key', headers: { 'X-Api-Key': 'k-1' } })));
    await open(fields);
    const sent = await authenticate(fields, { url: API });
    expect(sent.headers).toEqual({ 'X-Api-Key': 'k-1' });
    expect(sent.allowedDomains).toBe('www.googleapis.com');
  });

  test('to a host outside the allow-list is refused, and its token not reported as rejected', async () => {
    const fields = credentials();
    answers.push(ok(grantFor()));
    await open(fields);
    await expect(authenticate(fields, { url: 'https://evil.example/' })).rejects.toThrow(
      'must not be sent to evil.example',
    );
    expect(await open(fields)).toEqual({});
    expect(broker.received).toHaveLength(1);
  });

  test('for a client that must reconnect fails when it needs the credential, not before, and asks once', async () => {
    const fields = credentials();
    const connectUrl = 'https://otobot.example/connect/abc';
    answers.push(problem(409, 'reauth_required', { reason: 'revoked', connectUrl }));
    expect(await open(fields)).toEqual({});
    await expect(authenticate(fields, { url: API })).rejects.toThrow(
      `Client "acme" must reconnect "google": access was revoked. To fix it, send them this link: ${connectUrl}`,
    );
    expect(await open(fields)).toEqual({});
    expect(broker.received).toHaveLength(1);
  });

  test.each([
    [
      { workflowId: 'wf-1', executionId: '42' },
      { workflowId: 'wf-1', executionId: '42' },
    ],
    [{ workflowId: 'wf-1', executionId: '__UNKNOWN__' }, { workflowId: 'wf-1' }],
    [{ workflowId: '', executionId: undefined }, {}],
    [{ workflowId: '={{ $workflow.id }}', executionId: { a: 1 } }, {}],
  ])('tells the audit which run asks, where n8n knows it: %j', async (run, told) => {
    answers.push(ok(grantFor()));
    await open(credentials(run));
    expect(broker.received[0]?.body).toEqual({ clientId: 'acme', service: 'google', name: 'default', ...told });
  });

  test('without a client says so and asks the broker nothing', async () => {
    const fields = credentials({ clientId: '' });
    await open(fields);
    await expect(authenticate(fields, { url: API })).rejects.toThrow('"Client ID" is empty');
    expect(broker.received).toHaveLength(0);
  });
});

describe('after a failure', () => {
  test('a new token is worth another attempt', async () => {
    const fields = await failedRequest();
    answers.push(ok(grantFor({ token: 'access-2' })));
    expect(await open(fields)).toEqual({ session: '' });
    expect(broker.received[1]?.body).toMatchObject({ rejected: fingerprintOf('access-1') });
    const sent = await authenticate(fields, { url: API });
    expect(sent.headers).toEqual({ Authorization: 'Bearer access-2' });
  });

  test('an n8n that would store the fields as resolved for this item is stopped', async () => {
    const fields = await failedRequest();
    answers.push(ok(grantFor({ token: 'access-2' })));
    const output = await open(fields);
    // What n8n did before the fix of its issue 34107, and what it does now.
    expect(() => JSON.stringify(Object.assign(fields, output))).toThrow('n8n 2.40 or newer');
    expect(() => JSON.stringify({ clientId: '={{ $json.clientId }}', ...output })).not.toThrow();
  });

  test('the same token is not', async () => {
    const fields = await failedRequest();
    answers.push(ok(grantFor()));
    expect(await open(fields)).toEqual({});
  });

  test('a POST is never repeated, but its token is reported', async () => {
    const fields = await failedRequest('POST');
    answers.push(ok(grantFor({ token: 'access-2' })));
    expect(await open(fields)).toEqual({});
    expect(broker.received[1]?.body).toMatchObject({ rejected: fingerprintOf('access-1') });
  });

  test('a connection found dead is named in place of a bare 401', async () => {
    const fields = await failedRequest();
    answers.push(problem(409, 'reauth_required', { reason: 'revoked' }));
    expect(await open(fields)).toEqual({ session: '' });
    await expect(authenticate(fields, { url: API })).rejects.toThrow('must reconnect "google"');
  });

  test.each([
    ['refresh_pending', 503],
    ['rate_limited', 429],
    ['internal', 500],
  ])("a broker that answers %s leaves the API's own error standing", async (code, status) => {
    const fields = await failedRequest();
    answers.push(problem(status, code));
    expect(await open(fields)).toEqual({});
  });
});

describe('the broker itself', () => {
  test('gets the internal token for the Test button, also for a client not yet connected', async () => {
    const fields = credentials();
    answers.push(problem(409, 'reauth_required', { reason: 'never_connected' }));
    await open(fields);
    const sent = await authenticate(fields, { baseURL: `${broker.url}/`, url: '/v1/whoami', method: 'GET' });
    expect(sent.headers).toEqual({ Authorization: `Bearer ${INTERNAL_TOKEN}` });
    expect(sent.disableFollowRedirect).toBe(true);
  });

  test.each([
    ['POST', '/v1/whoami'],
    ['GET', '/v1/clients'],
    ['GET', '/v1/whoami/../clients'],
    ['GET', '/v1/whoami?x=1'],
    ['DELETE', '/v1/connections/1'],
  ] as const)('gets nothing for %s %s', async (method, path) => {
    const fields = credentials();
    answers.push(ok(grantFor({ allowedHosts: ['127.0.0.1'] })));
    await open(fields);
    await expect(authenticate(fields, { url: `${broker.url}${path}`, method })).rejects.toThrow(
      'gives no access to the Otobot broker',
    );
  });

  test.each([
    ['through a proxy', { proxy: 'http://evil.example:8080' }, 'must not be sent through the "Proxy"'],
    ['under the name of another host', { headers: { host: 'evil.example' } }, 'Host: evil.example'],
    ['past its certificate', { rejectUnauthorized: false }, 'Ignore SSL Issues'],
  ])('gets no internal token %s', async (_how, more, refusal) => {
    const request = { url: `${broker.url}/v1/whoami`, method: 'GET' as const, ...more };
    await expect(authenticate(credentials(), request as never)).rejects.toThrow(refusal);
  });

  test('gets no token of a client either, under another of its names', async () => {
    const fields = credentials();
    answers.push(ok(grantFor()));
    await open(fields);
    const alias = broker.url.replace('127.0.0.1', 'localhost');
    await expect(authenticate(fields, { url: `${alias}/v1/whoami` })).rejects.toThrow('must not be sent to localhost');
  });
});
