import fs from 'node:fs';
import path from 'node:path';

import type { IDataObject } from 'n8n-workflow';

import { OtobotApiRequest } from '../../nodes/OtobotApiRequest/OtobotApiRequest.node';
import { waitBefore } from '../../nodes/OtobotApiRequest/retries';
import { apiStandIn, binaryOf, openStage } from './request-support';
import { ok, problem } from './support';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const pairs = (...list: [string, string][]) => ({ parameters: list.map(([name, value]) => ({ name, value })) });
async function sent(parameters: IDataObject, binary?: Record<string, ReturnType<typeof binaryOf>>) {
  await stage.execute({ parameters, items: [{ json: {}, ...(binary && { binary }) }] });
  const request = stage.api.received.at(-1);
  return { ...request, type: request?.headers['content-type'], text: request?.body.toString() };
}
const message = async (parameters: IDataObject) => ((await stage.failure({ parameters })) as Error).message;

describe('a query', () => {
  test('is added to the one of the URL, which stays as it was written', async () => {
    const query = { sendQuery: true, queryParameters: pairs(['b', 'x y&z'], ['c', '1'], ['c', '2']) };
    expect((await sent({ url: '/list?$filter=a%20eq%20(~1)', ...query })).url).toBe(
      '/list?$filter=a%20eq%20(~1)&b=x%20y%26z&c=1&c=2',
    );
  });

  test('may be JSON, whose lists repeat their name', async () => {
    const jsonQuery = '{"a":[1,2],"b":true,"c":null}';
    expect((await sent({ sendQuery: true, specifyQuery: 'json', jsonQuery })).url).toBe('/?a=1&a=2&b=true');
    expect((await sent({ sendQuery: true, specifyQuery: 'json', jsonQuery: { d: 1 } })).url).toBe('/?d=1');
  });

  test.each([
    ['{"a":', 'is not valid JSON'],
    ['[1]', 'must be an object'],
    ['{"a":{"b":1}}', 'Query parameter "a" must be a text, not an object'],
  ])('%s is refused', async (jsonQuery, sentence) => {
    expect(await message({ sendQuery: true, specifyQuery: 'json', jsonQuery })).toContain(sentence);
  });
});

describe('headers', () => {
  test('of the workflow are sent', async () => {
    const { headers } = await sent({
      sendHeaders: true,
      headerParameters: pairs(['X-Own', '1'], ['accept', 'text/csv']),
    });
    expect(headers).toMatchObject({ 'x-own': '1', accept: 'text/csv' });
  });

  test.each(['Authorization', 'proxy-authorization', 'Cookie', 'HOST', 'Content-Length', 'Transfer-Encoding'])(
    '%s is refused',
    async (name) => {
      expect(await message({ sendHeaders: true, headerParameters: pairs([name, 'x']) })).toContain(
        'cannot be set here',
      );
      expect(stage.api.received).toEqual([]);
    },
  );

  test('one that carries the credential of this service is refused', async () => {
    stage.grant = () => ok(stage.grantOf('acme', { headers: { 'X-Api-Key': 'key-of-acme' } }));
    expect(await message({ sendHeaders: true, headerParameters: pairs(['x-api-key', 'x']) })).toContain(
      'carries the credential',
    );
    expect(stage.api.received).toEqual([]);
  });

  test.each([
    ['X Own', '1'],
    ['X-Own', 'a\r\nX-Other: b'],
    ['X-Own', 'œ'],
  ])('%j: %j is refused', async (name, value) => {
    expect(await message({ sendHeaders: true, headerParameters: pairs([name, value]) })).toContain(
      'a character that HTTP does not allow',
    );
  });
});

describe('a body', () => {
  const post = { method: 'POST', sendBody: true };
  const FILE = binaryOf(Buffer.from([0, 255, 13, 10]), 'a"b.bin', 'application/x-thing');

  test('of JSON goes out as it was written', async () => {
    const body = await sent({ ...post, specifyBody: 'json', jsonBody: '{"id": 12345678901234567890}' });
    expect(body).toMatchObject({ type: 'application/json', text: '{"id": 12345678901234567890}' });
    expect((await sent({ ...post, specifyBody: 'json', jsonBody: [{ a: 1 }] })).text).toBe('[{"a":1}]');
    expect((await sent({ ...post, bodyParameters: pairs(['a', '1']) })).text).toBe('{"a":"1"}');
    expect((await sent({ ...post, specifyBody: 'json', jsonBody: '{}' })).text).toBe('{}');
  });

  test('of a form', async () => {
    const body = await sent({
      ...post,
      contentType: 'form-urlencoded',
      bodyParameters: pairs(['a', 'x&y'], ['b', 'é']),
    });
    expect(body).toMatchObject({ type: 'application/x-www-form-urlencoded', text: 'a=x%26y&b=%C3%A9' });
  });

  test('of several parts, a file among them', async () => {
    const bodyParts = {
      parameters: [
        { parameterType: 'formData', name: 'ti"tle\r\n', value: 'T' },
        { parameterType: 'formBinaryData', name: 'file', inputDataFieldName: 'data' },
      ],
    };
    const { type, body } = await sent({ ...post, contentType: 'multipart-form-data', bodyParts }, { data: FILE });
    const form = await new Response(new Uint8Array(body ?? []), { headers: { 'content-type': type ?? '' } }).formData();
    expect(form.get('ti"tle\r\n') ?? form.get('ti%22tle%0D%0A')).toBe('T');
    const file = form.get('file') as File;
    expect([file.type, Buffer.from(await file.arrayBuffer())]).toEqual([
      'application/x-thing',
      Buffer.from([0, 255, 13, 10]),
    ]);
  });

  test('of a file of the item', async () => {
    const request = await sent({ ...post, contentType: 'binaryData', inputDataFieldName: 'data' }, { data: FILE });
    expect(request).toMatchObject({ type: 'application/x-thing', body: Buffer.from([0, 255, 13, 10]) });
  });

  test('in any type', async () => {
    const raw = { ...post, contentType: 'raw', rawContentType: 'application/xml', body: '<a/>' };
    expect(await sent(raw)).toMatchObject({ type: 'application/xml', text: '<a/>' });
  });

  test('is not sent with GET, and there is no other kind', async () => {
    expect((await sent({ method: 'GET', sendBody: true, bodyParameters: pairs(['a', '1']) })).text).toBe('');
    expect(await message({ ...post, contentType: 'constructor' })).toContain('no body content type "constructor"');
  });
});

describe('a redirect', () => {
  let other: Awaited<ReturnType<typeof apiStandIn>>;
  beforeEach(async () => {
    other = await apiStandIn(() => ({ body: { arrived: true } }));
  });
  afterEach(() => other.close());
  const redirect = (status: number, location: () => string) => {
    stage.reply = ({ url }) =>
      url === '/old' ? { status, headers: { location: location() } } : { body: { ok: true } };
  };

  test.each([
    [301, 'POST', 'GET'],
    [302, 'PUT', 'PUT'],
    [303, 'PUT', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'PATCH', 'PATCH'],
  ])('%i of a %s on the same host becomes a %s, with the token', async (status, method, next) => {
    redirect(status, () => '/new');
    await stage.execute({ parameters: { url: '/old', method, sendBody: true, bodyParameters: pairs(['a', '1']) } });
    expect(stage.api.received[1]).toMatchObject({ url: '/new', method: next, token: 'token-of-acme' });
    expect(stage.api.received[1]?.body.toString()).toBe(next === 'GET' ? '' : '{"a":"1"}');
  });

  test('to another host is followed without the credential and the headers of the workflow', async () => {
    stage.grant = () => ok(stage.grantOf('acme', { headers: { 'X-Api-Key': 'key-of-acme' } }));
    redirect(302, () => `${other.url}/file`);
    const headerParameters = pairs(['X-Own', 'mine']);
    const [item] = await stage.execute({ parameters: { url: '/old', sendHeaders: true, headerParameters } });
    expect(item?.json).toEqual({ arrived: true });
    expect(stage.api.received[0]?.headers).toMatchObject({ 'x-api-key': 'key-of-acme', 'x-own': 'mine' });
    expect(other.received[0]?.headers).not.toHaveProperty('x-api-key');
    expect(other.received[0]?.headers).not.toHaveProperty('x-own');
  });

  test('back from another host does not bring the credential back', async () => {
    const back = await apiStandIn(() => ({ status: 302, headers: { location: `${stage.api.url}/new` } }));
    redirect(302, () => back.url);
    await stage.execute({ parameters: { url: '/old' } });
    await back.close();
    expect(stage.tokens()).toEqual(['token-of-acme', undefined]);
  });

  test('within another host does not bring the credential there', async () => {
    const within = await apiStandIn(({ url }) => (url === '/a' ? { status: 302, headers: { location: '/b' } } : {}));
    redirect(302, () => `${within.url}/a`);
    await stage.execute({ parameters: { url: '/old' } });
    await within.close();
    expect(within.received.map(({ url, token }) => [url, token])).toEqual([
      ['/a', undefined],
      ['/b', undefined],
    ]);
  });

  test('a 401 from another host is not reported: the token was not there', async () => {
    const refusing = await apiStandIn(() => ({ status: 401 }));
    redirect(302, () => refusing.url);
    expect(await stage.failure({ parameters: { url: '/old' } })).toMatchObject({ httpCode: '401' });
    await refusing.close();
    expect(stage.broker.received).toHaveLength(1);
  });

  test.each([
    ['GET', 'ftp://127.0.0.1/', 'which is not https'],
    ['POST', 'http://localhost:9/', 'a POST request to another host'],
  ])('of a %s to %s is refused', async (method, location, sentence) => {
    redirect(307, () => location);
    expect(await message({ url: '/old', method })).toContain(sentence);
  });

  test('without end ends', async () => {
    stage.reply = () => ({ status: 302, headers: { location: '/old' } });
    expect(await message({ url: '/old' })).toContain('more than 10 redirects');
    expect(stage.api.received).toHaveLength(11);
  });

  test('is an answer like any other where it is not to be followed', async () => {
    redirect(302, () => '/new');
    const options = { followRedirects: false, response: { response: { fullResponse: true } } };
    const [item] = await stage.execute({ parameters: { url: '/old', options } });
    expect(item?.json).toMatchObject({ statusCode: 302, headers: { location: '/new' } });
  });
});

describe('as a tool of a language model', () => {
  test.each([
    [{ clientId: "={{ $fromAI('client') }}" }, 'Client'],
    [{ clientId: { __rl: true, mode: 'id', value: "={{ /*x*/ $fromai ('client') }}" } }, 'Client'],
    [{ service: { __rl: true, mode: 'id', value: "={{ $fromAI('service') }}" } }, 'Service'],
    [{ options: { connectionName: "={{ $fromAI('name') }}" } }, 'Connection Name'],
  ])('%j is refused, as a tool or not: the model must not choose', async (parameters, label) => {
    expect(await message(parameters)).toContain(`"${label}" must not be chosen by the AI model`);
    expect(stage.broker.received).toEqual([]);
  });

  const chosen = { clientId: { __rl: true, mode: 'list', value: 'acme' }, service: 'google' };
  const asTool = async (parameters: IDataObject) =>
    ((await stage.failure({ isTool: true, parameters: { ...chosen, ...parameters } })) as Error | undefined)?.message;

  test.each([
    [{ clientId: '={{ $json.client }}' }],
    [{ clientId: '={{ $input.item.json.client }}' }],
    [{ service: '={{ $parameter.url }}' }],
  ])('%j reads what the model writes, so it is refused', async (parameters) => {
    expect(await asTool(parameters)).toContain('must not be chosen by the AI model');
  });

  test.each([[{ clientId: '' }], [{ clientId: { __rl: true, mode: 'list', value: '' } }], [{ service: undefined }]])(
    '%j leaves the choice to the credential, whose expressions may read what the model writes',
    async (parameters) => {
      expect(await asTool(parameters)).toContain('chosen in the node itself');
      expect(stage.broker.received).toEqual([]);
    },
  );

  test('a service that may be called anywhere is refused', async () => {
    stage.grant = () => ok(stage.grantOf('acme', { baseUrl: null, allowedHosts: null }));
    expect(await asTool({ url: `${stage.api.url}/` })).toContain('could send the credential to any host');
    expect(stage.api.received).toEqual([]);
  });

  test('the link by which a client connects is not told to the model', async () => {
    const connectUrl = 'https://otobot.example/connect/abc';
    stage.grant = () => problem(409, 'reauth_required', { detail: 'Send this.', reason: 'revoked', connectUrl });
    const [item] = await stage.execute({ isTool: true, parameters: chosen, continueOnFail: true });
    expect(item?.json.error).toContain('must reconnect "google": access was revoked');
    expect(JSON.stringify(item)).not.toContain('connect/abc');
    expect(await asTool({})).not.toContain('connect/abc');
  });

  test('the path may come from the model, the client from the workflow', async () => {
    const parameters = { ...chosen, clientId: "={{ $('Webhook').item.json.client }}", url: "={{ $fromAI('path') }}" };
    await stage.execute({ isTool: true, parameters, resolved: [{ clientId: 'acme', url: '/v1/things' }] });
    expect(stage.api.received[0]).toMatchObject({ url: '/v1/things', token: 'token-of-acme' });
  });
});

describe('the wait before a repetition', () => {
  const NOW = Date.parse('2026-11-20T10:00:00Z');
  test.each([
    ['7', 7_000],
    ['0', 0],
    ['Fri, 20 Nov 2026 10:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 09:00:00 GMT', 0],
  ])('is what the API asks for: %s', (retryAfter, ms) => {
    expect(waitBefore(0, retryAfter, NOW, 0.5)).toBe(ms);
  });

  test.each([undefined, '', 'soon', ['1']])('grows with each attempt where the API says nothing: %j', (retryAfter) => {
    expect([0, 1, 2].map((attempt) => waitBefore(attempt, retryAfter, NOW, 1))).toEqual([1_000, 2_000, 4_000]);
    expect(waitBefore(0, retryAfter, NOW, 0)).toBe(500);
  });
});

describe('the description', () => {
  const { description } = new OtobotApiRequest();

  test('offers the node as a tool, with no parameter that bears a token', () => {
    expect(description.usableAsTool).toBe(true);
    expect(JSON.stringify(description.properties)).not.toMatch(/accessToken|apiKey|password|secret/i);
  });

  test('is named as the codex file names it', () => {
    const file = path.join(__dirname, '..', '..', 'nodes', 'OtobotApiRequest', 'OtobotApiRequest.node.json');
    const codex = JSON.parse(fs.readFileSync(file, 'utf8')) as IDataObject;
    expect(codex.node).toBe(`n8n-nodes-otobot.${description.name}`);
  });
});
