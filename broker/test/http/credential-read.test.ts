import net from 'node:net';
import { Writable } from 'node:stream';
import { createAnswerBuffers } from '../../src/http/answer-buffers';
import { plainUrl } from '../../src/http/plain-request';
import { credentialRoutes } from '../../src/http/routes/credentials';
import { serveHttp } from '../../src/http/serve';
import { createLogger } from '../../src/log/logger';
import { parseInternalTokens } from '../../src/secrets/internal-token';
import { call, type Answer, type TestBroker } from '../support/broker';
import { until } from '../support/until';
import { one, setStage, storeConnection, storeKey, storeTokens, type Stage } from '../serving/stored';

/** The general chain takes whatever has a parameter; without one, the second read of a credential takes the short way. */
const GENERAL = '?name=default';

let stage: Stage;
let key: string;
let keyId: string;
let url: string;
let shortly = 0;
const lines: string[] = [];
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  stage = await setStage();
  ({ key, id: keyId } = await storeKey(stage));
  url = await serveWatched(100_000);
});
afterAll(async () => {
  for (const close of closers) await close();
  await stage.close();
});

/** The stage's first broker, or another, once more on a port of its own, where releases by the short way are counted and the log is kept. */
async function serveWatched(rateLimitPerMinute: number, { broker }: TestBroker = stage.brokers[0]): Promise<string> {
  const { readRemembered } = broker;
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(...chunk.toString().trim().split('\n'));
      done();
    },
  });
  const listening = await serveHttp({
    broker: {
      ...broker,
      readRemembered: {
        find: (...given) => readRemembered.find(...given),
        release: async (...given) => {
          const may = await readRemembered.release(...given);
          if (may) shortly++;
          return may;
        },
      },
    },
    config: { host: '127.0.0.1', port: 0, publicUrl: 'http://127.0.0.1', trustProxy: 0, rateLimitPerMinute },
    log: createLogger('info', stream),
    share: () => 1,
  });
  closers.push(() => listening.close());
  return `http://127.0.0.1:${listening.port}`;
}

/** Reads `acme` and the like; tells how many of the reads took the short way. */
async function readBy(clientId: string, query = '', at = url, presented = key): Promise<Answer & { short: boolean }> {
  const before = shortly;
  const answer = await call(`${at}/v1/credentials/${clientId}/crm${query}`, { key: presented });
  return { ...answer, short: shortly > before };
}
const warm = (clientId: string) => readBy(clientId);

const VARYING = new Set(['x-request-id', 'date', 'ratelimit']);
const steady = ({ headers }: Answer) => [...headers].filter(([name]) => !VARYING.has(name));

describe('the short way', () => {
  test('gives the answer of the general chain, with all of its headers', async () => {
    await storeConnection(stage, 'equal', 'token-of-equal');
    await warm('equal');
    const [short, general] = [await readBy('equal'), await readBy('equal', GENERAL)];
    expect([short.short, general.short]).toEqual([true, false]);
    expect(short.text).toBe(general.text);
    expect(short.json).toMatchObject({
      accessToken: 'token-of-equal',
      headers: { Authorization: 'Bearer token-of-equal' },
    });
    expect(steady(short)).toEqual(steady(general));
    expect(steady(short)).toContainEqual(['cache-control', 'no-store']);
    expect([...short.headers.keys()]).toEqual([...general.headers.keys()]);
    expect(short.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('writes the record and the audit row of the general chain', async () => {
    await storeConnection(stage, 'recorded', 'token-of-recorded');
    await warm('recorded');
    const ids = [await readBy('recorded'), await readBy('recorded', GENERAL)].map(({ headers }) =>
      headers.get('x-request-id'),
    );
    const recordsOf = (id: string | null) =>
      lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ requestId }) => requestId === id);
    await until('both are recorded', () => ids.every((id) => recordsOf(id).length === 1));
    const [short, general] = ids.map((id) => ({ ...recordsOf(id)[0], requestId: '', timestamp: '', durationMs: 0 }));
    expect(short).toEqual(general);
    expect(short).toMatchObject({ route: '/v1/credentials/:clientId/:service', status: 200, finished: true });
    const rows = await Promise.all(
      ids.map((id) =>
        one<object>(
          stage.database,
          `select to_jsonb(a) - 'occurred_at' - 'sequence' - 'request_id' - 'batch' as value from audit a where request_id = $1`,
          [id],
        ),
      ),
    );
    expect(rows[0]).toEqual(rows[1]);
    expect(rows[0]).toMatchObject({
      action: 'credential.read',
      code: 'released',
      actor: `key:${keyId}`,
      client_id: 'recorded',
    });
  });

  test('counts against the same limit, and refuses beyond it in the same way', async () => {
    const at = await serveWatched(5);
    const another = (await storeKey(stage)).key;
    await storeConnection(stage, 'counted', 'token-of-counted');
    const read = (query = '') => readBy('counted', query, at, another);
    const left = ({ headers }: Answer) => Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1]);
    const answers = [await read(), await read(), await read(GENERAL), await read(), await read(GENERAL)];
    expect(answers.map(left)).toEqual([4, 3, 2, 1, 0]);
    expect(answers.map(({ short }) => short)).toEqual([false, true, false, true, false]);
    const [short, general] = [await read(), await read(GENERAL)];
    expect([short, general].map(({ status, json }) => [status, json.code])).toEqual([
      [429, 'rate_limited'],
      [429, 'rate_limited'],
    ]);
    expect(Number(short.headers.get('retry-after'))).toBeGreaterThan(0);
    expect([...short.headers.keys()]).toEqual([...general.headers.keys()]);
  });

  test('serves a new token with the next read', async () => {
    const id = await storeConnection(stage, 'moving', 'token-before');
    await warm('moving');
    expect((await readBy('moving')).json.accessToken).toBe('token-before');
    await storeTokens(stage, { id, clientId: 'moving' }, 'token-after');
    expect((await readBy('moving')).json).toMatchObject({ accessToken: 'token-after', generation: 2 });
    expect(await readBy('moving')).toMatchObject({ short: true, json: { accessToken: 'token-after' } });
  });

  test.each([
    ['a revoked key', `update access_keys set revoked_at = otobot_now() where id = $1`, 401, 'key_invalid'],
    ['a key that expired', `update access_keys set expires_at = otobot_now() where id = $1`, 401, 'key_invalid'],
  ])('%s is refused with the next read', async (_what, change, status, code) => {
    const mine = await storeKey(stage);
    const client = `after-${status}-${mine.id.toLowerCase()}`;
    await storeConnection(stage, client, 'token');
    await readBy(client, '', url, mine.key);
    expect(await readBy(client, '', url, mine.key)).toMatchObject({ status: 200, short: true });
    await stage.database.query(change, [mine.id]);
    const refused = await readBy(client, '', url, mine.key);
    expect(refused).toMatchObject({ status, short: false, json: { code } });
    expect(refused.text).not.toContain('"accessToken"');
    // No header tells that this one was a key until now.
    const unknown = await readBy(client, '', url, 'otb_live_000000000000_no-key-at-all');
    expect([...refused.headers.keys()]).toEqual([...unknown.headers.keys()]);
    expect(refused.headers.get('ratelimit-policy')).toBe(unknown.headers.get('ratelimit-policy'));
  });

  test('a suspended client is refused with the next read', async () => {
    await storeConnection(stage, 'halted', 'token');
    await warm('halted');
    expect((await readBy('halted')).short).toBe(true);
    await stage.database.query(`update clients set suspended_at = otobot_now() where client_id = 'halted'`);
    expect(await readBy('halted')).toMatchObject({ status: 403, json: { code: 'client_suspended' }, short: false });
  });

  test('a key that shares the id of a remembered one opens nothing', async () => {
    await storeConnection(stage, 'guarded', 'token');
    await warm('guarded');
    const forged = `${key.slice(0, -6)}${key.endsWith('000000') ? '000001' : '000000'}`;
    expect(await readBy('guarded', '', url, forged)).toMatchObject({ status: 401, short: false });
    expect(await readBy('guarded')).toMatchObject({ status: 200, short: true });
  });

  test('is taken with either internal token, and with nothing near one', async () => {
    const [fresh, old] = ['new', 'old'].map((age) => `${age}-internal-token-of-this-test-alone`) as [string, string];
    const internal = await stage.another({ internalTokens: parseInternalTokens(`${fresh},${old}`) });
    closers.push(() => internal.close());
    const at = await serveWatched(100_000, internal);
    await storeConnection(stage, 'inside', 'token-of-inside');
    // Nobody was recognised by it yet, and nothing is remembered.
    expect(await readBy('inside', '', at, fresh)).toMatchObject({ status: 200, short: false });
    const [short, general] = [await readBy('inside', '', at, old), await readBy('inside', GENERAL, at, fresh)];
    expect([short.short, general.short]).toEqual([true, false]);
    expect(short.text).toBe(general.text);
    expect(steady(short)).toEqual(steady(general));
    const actors = `select jsonb_agg(distinct actor) as value from audit where client_id = 'inside' and code = 'released'`;
    expect(await one(stage.database, actors)).toEqual(['internal-token']);
    for (const near of [fresh.slice(1), `${fresh}x`, 'internal-token'])
      expect(await readBy('inside', '', at, near)).toMatchObject({ status: 401, short: false });
    await stage.database.query(`update clients set suspended_at = otobot_now() where client_id = 'inside'`);
    expect(await readBy('inside', '', at, fresh)).toMatchObject({ status: 403, short: false });
  });

  test('a key limited to other clients gets nothing that others may have', async () => {
    await storeConnection(stage, 'not-yours', 'token');
    await warm('not-yours');
    const limited = await storeKey(stage, { clientIds: ['acme'] });
    expect(await readBy('not-yours', '', url, limited.key)).toMatchObject({
      status: 403,
      json: { code: 'client_not_allowed' },
    });
  });

  test.each([
    ['quotes and a backslash', 'a"b\\c'],
    ['letters beyond ASCII', 'schlüssel-日本'],
    ['a line break', 'a\nb'],
  ])('a token with %s comes through unchanged, by the general chain', async (what, token) => {
    const client = `odd-${what.length}`;
    await storeConnection(stage, client, token);
    await warm(client);
    expect(await readBy(client)).toMatchObject({ short: false, json: { accessToken: token } });
  });

  test("HEAD and other methods are the general chain's", async () => {
    await storeConnection(stage, 'other-methods', 'token');
    await warm('other-methods');
    const path = `${url}/v1/credentials/other-methods/crm`;
    const before = shortly;
    const head = await fetch(path, { method: 'HEAD', headers: { authorization: `Bearer ${key}` } });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(await call(path, { key, method: 'DELETE' })).toMatchObject({ status: 405 });
    expect(shortly).toBe(before);
  });

  test('answers that are asked for at the same time are each their own', async () => {
    const clients = Array.from({ length: 20 }, (_, index) => `many-${index}`);
    for (const client of clients) await storeConnection(stage, client, `token-of-${client}`);
    await Promise.all(clients.map(warm));
    const answers = await Promise.all(Array.from({ length: 400 }, (_, index) => readBy(clients[index % 20] ?? '')));
    answers.forEach(({ json }, index) => {
      expect(json).toMatchObject({ clientId: `many-${index % 20}`, accessToken: `token-of-many-${index % 20}` });
    });
  });
});

describe('a grant, as n8n asks for it', () => {
  const ask = async (body: unknown, headers: Record<string, string> = {}): Promise<Answer & { short: boolean }> => {
    const before = shortly;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${url}/v1/grants`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: text,
    });
    const answer = await response.text();
    const json = JSON.parse(answer) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, text: answer, json, short: shortly > before };
  };

  beforeAll(async () => {
    await storeConnection(stage, 'granted', 'token-of-granted');
    await warm('granted');
  });

  test('takes the short way too, with the same answer and the execution in the audit', async () => {
    const body = { clientId: 'granted', service: 'crm', workflowId: 'w-short', executionId: 'e-short' };
    const short = await ask(body);
    const general = await ask(body, { 'content-type': 'application/json ; charset=utf-8' });
    expect([short.short, general.short]).toEqual([true, false]);
    expect(short.text).toBe(general.text);
    expect(steady(short)).toEqual(steady(general));
    expect(
      await one(
        stage.database,
        `select jsonb_agg(distinct to_jsonb(a) - 'occurred_at' - 'sequence' - 'request_id' - 'batch') as value
           from audit a where workflow_id = 'w-short' and execution_id = 'e-short'`,
      ),
    ).toHaveLength(1);
  });

  test.each([
    ['an escape', '{"clientId":"gr\\u0061nted","service":"crm"}', 200],
    ['a promise', '{"clientId":"granted","service":"crm","minTtl":5}', 200],
    ['a rejected token', '{"clientId":"granted","service":"crm","rejected":"some-fingerprint"}', 200],
    ['a long body', `{"clientId":"granted","service":"crm"${' '.repeat(2_000)}}`, 200],
    ['a member that is not known', '{"clientId":"granted","service":"crm","colour":"red"}', 400],
    ['a prototype', '{"clientId":"granted","service":"crm","__proto__":{}}', 400],
    ['half of the JSON', '{"clientId":"granted"', 400],
    ['no object', '"granted"', 400],
    ['an unknown client', '{"clientId":"nobody","service":"crm"}', 404],
  ])('with %s goes to the general chain, which reads the body afresh', async (_what, body, status) => {
    expect(await ask(body)).toMatchObject({ status, short: false });
  });

  test('comes in pieces, and is read all the same', async () => {
    const body = '{"clientId":"granted","service":"crm"}';
    const answer = await inPieces([
      `POST /v1/grants HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${key}\r\n`,
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
      body.slice(10),
    ]);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('token-of-granted');
  });

  test('is decided again where the facts have changed, though its body was read', async () => {
    const id = await storeConnection(stage, 'renewed', 'token-before');
    const body = { clientId: 'renewed', service: 'crm', workflowId: 'w-renewed' };
    await warm('renewed');
    expect(await ask(body)).toMatchObject({ short: true, json: { accessToken: 'token-before' } });
    await storeTokens(stage, { id, clientId: 'renewed' }, 'token-after');
    expect(await ask(body)).toMatchObject({ status: 200, short: false, json: { accessToken: 'token-after' } });
    expect(await ask(body)).toMatchObject({ status: 200, short: true, json: { accessToken: 'token-after' } });
  });

  /** Sends each piece when the one before has been on its way for a while: the server gets them one by one. */
  async function inPieces(pieces: readonly string[]): Promise<string> {
    const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
    socket.setNoDelay();
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    for (const piece of pieces) {
      await new Promise((resolve) => socket.write(piece, resolve));
      // Requests of others take turns with it on the same loop, so the server has read what was sent.
      await call(`${url}/health`);
    }
    await until('the connection is closed', () => socket.destroyed);
    return received;
  }
});

describe('a URL', () => {
  const [route] = credentialRoutes({ serveCredential: () => Promise.reject(new Error('not asked')) });
  test.each([
    '/v1/credentials/acme/google',
    '/v1/credentials/A.b_c-d/x',
    `/v1/credentials/${'a'.repeat(64)}/${'b'.repeat(64)}`,
  ])('%s is read as its route reads it', (path) => {
    const [, , , clientId, service] = path.split('/');
    expect(plainUrl(path)?.request).toMatchObject({
      ...(route?.params.parse({ clientId, service }) as object),
      name: 'default',
    });
  });
  test.each([
    '/v1/credentials/acme',
    '/v1/credentials/acme/google/',
    '/v1/credentials/acme/google?',
    '/v1/credentials/acme/google#x',
    '/v1/credentials//google',
    '/v1/credentials/-/google',
    '/v1/credentials/acme/Google',
    '/V1/credentials/acme/google',
    '/v1/credentials/ac%6de/google',
    '/v1/credentials/acme;x/google',
    '/v1/credentials/acme/google\n',
    'http://host/v1/credentials/acme/google',
    `/v1/credentials/${'a'.repeat(65)}/google`,
  ])('%j is left to the general chain', (path) => {
    expect(plainUrl(path)).toBeNull();
  });
});

describe('memory that held an answer', () => {
  test('is zeroed before it is lent again', () => {
    const buffers = createAnswerBuffers();
    const first = buffers.lend(5_000).fill('secret');
    const memory = first.buffer;
    buffers.takeBack(first);
    expect(first.every((byte) => byte === 0)).toBe(true);
    const second = buffers.lend(300);
    expect(second.buffer).toBe(memory);
    expect(second).toHaveLength(300);
  });

  test('is never lent twice at once', () => {
    const buffers = createAnswerBuffers();
    expect(buffers.lend(10).buffer).not.toBe(buffers.lend(10).buffer);
  });

  test('of a large answer is its own, and zeroed too', () => {
    const buffers = createAnswerBuffers();
    const large = buffers.lend(100_000).fill(1);
    expect(large).toHaveLength(100_000);
    buffers.takeBack(large);
    expect(large.every((byte) => byte === 0)).toBe(true);
  });
});
