import { inspect } from 'node:util';

import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { HIDDEN } from '../../nodes/OtobotApiRequest/secrets';
import { connectionErrorInWords } from '../../nodes/shared/connection-error';
import { openStage } from './request-support';
import { fingerprintOf, INTERNAL_TOKEN, ok, problem } from './support';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const clients =
  (...names: string[]) =>
  (itemIndex: number) => ({ clientId: names[itemIndex] });
const items = (count: number) => Array.from({ length: count }, () => ({ json: {} }));
/** All that n8n would store of an error. */
const stored = (error: unknown) => inspect(error, { depth: 12, showHidden: true }) + JSON.stringify(error);

test('a path goes to the base URL of the service, with the token of the client', async () => {
  const [item] = await stage.execute({ parameters: { url: '/v1/things?a=1' } });
  expect(item).toEqual({ json: { ok: true }, pairedItem: { item: 0 } });
  expect(stage.api.received[0]).toMatchObject({ method: 'GET', url: '/v1/things?a=1', token: 'token-of-acme' });
});

test('items of several clients: each request carries its own token, each answer its own item', async () => {
  stage.reply = ({ token }) => ({ body: { of: token } });
  const output = await stage.execute({
    items: items(3),
    credentials: clients('a', 'b', 'c'),
    parameters: { options: { batching: { batch: { batchSize: 2, batchInterval: 0 } } } },
  });
  expect(output.map(({ json }) => json.of)).toEqual(['token-of-a', 'token-of-b', 'token-of-c'].map(() => HIDDEN));
  expect(stage.tokens().sort()).toEqual(['token-of-a', 'token-of-b', 'token-of-c']);
  expect(output.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
});

test('each request asks the broker anew, and says which run asks', async () => {
  await stage.execute({ items: items(2) });
  const asked = { clientId: 'acme', service: 'google', name: 'default', workflowId: 'wf-1', executionId: '42' };
  expect(stage.broker.received.map(({ body }) => body)).toEqual([asked, asked]);
});

describe('a token refused with 401', () => {
  beforeEach(() => {
    stage.grant = ({ body }) =>
      ok(stage.grantOf('acme', body.rejected ? { token: 'access-2' } : { token: 'access-1' }));
    stage.reply = ({ token }) => (token === 'access-2' ? { body: { ok: true } } : { status: 401 });
  });

  test.each(['GET', 'POST', 'PATCH', 'DELETE'])(
    'is reported, and the %s sent once more with the new one',
    async (method) => {
      const [item] = await stage.execute({ parameters: { method } });
      expect(item?.json).toEqual({ ok: true });
      expect(stage.tokens()).toEqual(['access-1', 'access-2']);
      expect(stage.broker.received.map(({ body }) => body.rejected)).toEqual([undefined, fingerprintOf('access-1')]);
    },
  );

  test('is not sent a second time when there is no other', async () => {
    stage.grant = () => ok(stage.grantOf('acme', { token: 'access-1' }));
    const error = await stage.failure();
    expect(error).toBeInstanceOf(NodeApiError);
    expect(error).toMatchObject({ httpCode: '401' });
    expect(stage.tokens()).toEqual(['access-1']);
  });

  test('and its successor refused as well: that is the end of it', async () => {
    stage.reply = () => ({ status: 401 });
    expect(await stage.failure()).toMatchObject({ httpCode: '401' });
    expect(stage.tokens()).toEqual(['access-1', 'access-2']);
  });

  test('of a connection that is dead names the client and the link, in place of a bare 401', async () => {
    const connectUrl = 'https://otobot.example/connect/abc';
    stage.grant = ({ body }) =>
      body.rejected
        ? problem(409, 'reauth_required', { reason: 'revoked', connectUrl })
        : ok(stage.grantOf('acme', { token: 'access-1' }));
    const error = await stage.failure();
    expect((error as Error).message).toContain(`must reconnect "google": access was revoked`);
    expect((error as Error).message).toContain(connectUrl);
  });

  test("leaves the API's own answer standing where the broker cannot say more", async () => {
    stage.grant = ({ body }) =>
      body.rejected ? problem(503, 'refresh_pending') : ok(stage.grantOf('acme', { token: 'access-1' }));
    expect(await stage.failure()).toMatchObject({ httpCode: '401' });
  });
});

describe('what is repeated', () => {
  const failing = (status: number, times: number, headers = { 'retry-after': '0' }) => {
    stage.reply = (_request, earlier) => (earlier < times ? { status, headers } : { body: { ok: true } });
  };

  test('a POST answered with 500 is sent exactly once', async () => {
    failing(500, 9);
    expect(await stage.failure({ parameters: { method: 'POST' } })).toMatchObject({ httpCode: '500' });
    expect(stage.api.received).toHaveLength(1);
  });

  test.each([502, 503, 504])(
    'a POST answered with %i may have been carried out, so it is sent once',
    async (status) => {
      failing(status, 9);
      expect(await stage.failure({ parameters: { method: 'POST' } })).toMatchObject({ httpCode: String(status) });
      expect(stage.api.received).toHaveLength(1);
    },
  );

  test.each([
    ['POST', 429],
    ['GET', 429],
    ['GET', 502],
    ['PUT', 503],
    ['DELETE', 504],
  ])('a %s answered with %i is sent again', async (method, status) => {
    failing(status, 2);
    const [item] = await stage.execute({ parameters: { method } });
    expect(item?.json).toEqual({ ok: true });
    expect(stage.api.received).toHaveLength(3);
  });

  test('no more often than set', async () => {
    failing(429, 9);
    expect(await stage.failure({ parameters: { options: { maxRetries: 2 } } })).toMatchObject({ httpCode: '429' });
    expect(stage.api.received).toHaveLength(3);
  });

  test('nothing, when the API wants a longer wait than set', async () => {
    failing(429, 9, { 'retry-after': '3600' });
    expect(await stage.failure()).toMatchObject({ httpCode: '429' });
    expect(stage.api.received).toHaveLength(1);
  });

  test('a question to a broker that is asked too much', async () => {
    const busy = (code: string, status: number) => ({ ...problem(status, code), headers: { 'retry-after': '0' } });
    const answers = [busy('rate_limited', 429), busy('overloaded', 503), ok(stage.grantOf('acme'))];
    stage.grant = () => answers.shift() ?? problem(500, 'internal');
    const [item] = await stage.execute({ parameters: { method: 'POST' } });
    expect(item?.json).toEqual({ ok: true });
    expect(stage.api.received).toHaveLength(1);
  });

  test.each([
    ['refresh_pending', 503, '0'],
    ['quota_exceeded', 429, '0'],
    ['rate_limited', 429, '3600'],
  ])('not one that the broker answers with %s (%i, Retry-After %s)', async (code, status, retryAfter) => {
    stage.grant = () => ({ ...problem(status, code), headers: { 'retry-after': retryAfter } });
    expect(await stage.failure()).toMatchObject({ httpCode: String(status) });
    expect(stage.broker.received).toHaveLength(1);
  });

  test('a client that is suspended between two attempts is not served again', async () => {
    failing(429, 9);
    stage.grant = () =>
      stage.api.received.length === 0 ? ok(stage.grantOf('acme')) : problem(403, 'client_suspended');
    expect(((await stage.failure()) as Error).message).toContain('is suspended in Otobot');
    expect(stage.api.received).toHaveLength(1);
  });
});

describe('where a request may go', () => {
  test.each([
    ['https://evil.example/steal', 'must not be sent to evil.example'],
    ['http://api.example.com/', 'must not be sent to api.example.com'],
    ['//evil.example/', 'must not begin with //'],
    ['/\\evil.example/', 'must not begin with //'],
    ['https://user:pass@127.0.0.1/', 'must not contain a user name'],
    ['file:///etc/passwd', 'is not a URL'],
    ['javascript:alert(1)', 'is not a URL'],
  ])('%s is refused before anything is sent', async (url, sentence) => {
    stage.grant = () => ok(stage.grantOf('acme', { allowedHosts: ['127.0.0.1'] }));
    const error = await stage.failure({ parameters: { url } });
    expect((error as Error).message).toContain(sentence);
    expect(stage.api.received).toEqual([]);
  });

  test('without a list of hosts, only the host of the base URL is the service', async () => {
    stage.grant = () => ok(stage.grantOf('acme', { allowedHosts: null }));
    await stage.execute();
    const error = await stage.failure({ parameters: { url: 'https://elsewhere.example/' } });
    expect((error as Error).message).toContain('must not be sent to elsewhere.example');
  });

  test('plain http is refused, but to this machine', async () => {
    stage.grant = () => ok(stage.grantOf('acme', { allowedHosts: ['api.example.com'] }));
    const error = await stage.failure({ parameters: { url: 'http://api.example.com/' } });
    expect((error as Error).message).toContain('without https');
  });

  test.each([
    [{ allowedHttpRequestDomains: 'domains', allowedDomains: 'api.example.com' }, 'missing from the "Allowed Domains"'],
    [{ allowedHttpRequestDomains: 'none' }, 'prevent use within an Otobot API Request node'],
  ])("what n8n's credential is restricted to holds here too: %j", async (restriction, sentence) => {
    const error = await stage.failure({ credentials: () => restriction });
    expect((error as Error).message).toContain(sentence);
    expect(stage.api.received).toEqual([]);
    await stage.execute({
      credentials: () => ({ allowedHttpRequestDomains: 'domains', allowedDomains: '127.0.0.1' }),
    });
    expect(stage.api.received).toHaveLength(1);
  });

  test('a service without base URL asks for a complete one', async () => {
    stage.grant = () => ok(stage.grantOf('acme', { baseUrl: null }));
    expect(((await stage.failure({ parameters: { url: '/v1' } })) as Error).message).toContain('no base URL');
    await stage.execute({ parameters: { url: `${stage.api.url}/v1` } });
    expect(stage.api.received).toHaveLength(1);
  });

  test('a path cannot climb out of the base URL', async () => {
    stage.grant = () => ok(stage.grantOf('acme', { baseUrl: `${stage.api.url}/tenants/7` }));
    for (const url of ['../8/x', '/../8', '%2e%2e/8', '..\\8']) {
      expect(((await stage.failure({ parameters: { url } })) as Error).message).toContain('leaves the base URL');
    }
    await stage.execute({ parameters: { url: 'people' } });
    expect(stage.api.received.map(({ url }) => url)).toEqual(['/tenants/7/people']);
  });
});

describe('a failure', () => {
  test('says what the API said, with its status and the item, and nothing of the request', async () => {
    stage.reply = ({ headers }, earlier) =>
      earlier === 0
        ? { body: { ok: true } }
        : { status: 422, body: { error: { message: `bad amount for ${headers.authorization ?? ''}` } } };
    const error = await stage.failure({
      items: items(2),
      credentials: clients('a', 'b'),
      parameters: { method: 'POST' },
    });
    expect(error).toBeInstanceOf(NodeApiError);
    expect(error).toMatchObject({ httpCode: '422', context: { itemIndex: 1 } });
    expect((error as Error).message).toContain(
      'answered 422 Unprocessable Entity: bad amount for Bearer [hidden by Otobot]',
    );
    expect(stored(error)).not.toContain('token-of-b');
    expect(stored(error)).not.toContain(INTERNAL_TOKEN);
  });

  test('of the network names the host in words, without the token that was meant for it', async () => {
    await stage.api.close();
    const error = await stage.failure();
    expect(error).toBeInstanceOf(NodeOperationError);
    expect((error as Error).message).toBe(`${stage.api.url} cannot be reached: the connection was refused`);
    expect(stored(error)).not.toContain('token-of-acme');
  });

  test.each([
    ['ENOTFOUND', '', 'there is no such host'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', '', 'its certificate is not valid'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', '', 'its certificate is not valid'],
    [undefined, 'Domain not allowed: a.example', 'missing from the "Allowed Domains"'],
    [undefined, 'The request was blocked because it resolves to', 'n8n is set to block'],
    ['E_FROM_THE_FUTURE', '', 'no answer'],
  ])('%s %s is told in words', (code, message, words) => {
    expect(connectionErrorInWords(Object.assign(new Error(message), { code }))).toContain(words);
  });

  test('of the broker is readable', async () => {
    await stage.broker.close();
    expect(((await stage.failure()) as Error).message).toContain('The Otobot broker at http://127.0.0.1');
    expect(stage.api.received).toEqual([]);
  });

  test('set to go on, it becomes an item with what is needed to act on it', async () => {
    const connectUrl = 'https://otobot.example/connect/abc';
    stage.grant = ({ body }) =>
      body.clientId === 'a'
        ? problem(409, 'reauth_required', { reason: 'revoked', connectUrl })
        : ok(stage.grantOf(String(body.clientId)));
    stage.reply = ({ token }) => (token === 'token-of-b' ? { status: 404, body: { message: 'gone' } } : { body: {} });
    const output = await stage.execute({ items: items(3), credentials: clients('a', 'b', 'c'), continueOnFail: true });
    expect(output).toMatchObject([
      { json: { details: { code: 'reauth_required', connectUrl } }, pairedItem: { item: 0 } },
      {
        json: { details: { code: 'api_error', status: 404, answer: { message: 'gone' } } },
        pairedItem: { item: 1 },
      },
      { json: {}, pairedItem: { item: 2 } },
    ]);
  });

  test('of one item in a batch waits for the others, so that no request runs on by itself', async () => {
    stage.reply = ({ token }) => (token === 'token-of-a' ? { status: 400 } : { body: {} });
    const parameters = { options: { batching: { batch: { batchSize: 3, batchInterval: 0 } } } };
    const error = await stage.failure({ items: items(3), credentials: clients('a', 'b', 'c'), parameters });
    expect(error).toMatchObject({ httpCode: '400', context: { itemIndex: 0 } });
    expect(stage.api.received).toHaveLength(3);
  });
});
