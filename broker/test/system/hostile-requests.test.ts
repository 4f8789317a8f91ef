import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { until } from '../support/until';
import { createInstallation, type Installation } from './installation';
import type { Program } from './program';
import { exchange, request, type RawAnswer } from './raw';

let installation: Installation;
let program: Program;
let key: string;

beforeAll(async () => {
  installation = createInstallation();
  program = await installation.start('start', { RATE_LIMIT_PER_MINUTE: '1000000' });
  key = program.accessKey ?? '';
}, 60_000);
afterAll(() => installation.remove());

const get = (path: string, ...headers: string[]): Promise<RawAnswer> =>
  exchange(program.url, request('GET', path, headers));
const bearer = (): string => `Authorization: Bearer ${key}`;

function post(body: string | Buffer, type = 'application/json', ...headers: string[]): Promise<RawAnswer> {
  return exchange(program.url, request('POST', '/v1/clients', [bearer(), `Content-Type: ${type}`, ...headers], body));
}

async function isAlive(): Promise<void> {
  expect((await get('/v1/whoami', bearer())).status).toBe(200);
}

test('whoever shows no valid key hears the same, however he asks', async () => {
  const altered = key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a');
  const answers = [
    await get('/v1/whoami'),
    await get('/v1/whoami', 'Authorization: Basic dXNlcjpwYXNz'),
    await get('/v1/whoami', bearer(), bearer()),
    await get('/v1/whoami', 'Authorization: Bearer'),
    await get('/v1/whoami', `Authorization: Bearer ${altered}`),
    await get('/v1/whoami', `Authorization: Bearer ${'a'.repeat(8_000)}`),
    await get('/v1/whoami', `X-Authorization: Bearer ${key}`),
    await get(`/v1/whoami?access_token=${key}`),
    await get('/v1/credentials/acme/google'),
    await get('/v1/credentials/acme/google?minTtl=x'),
    await exchange(program.url, request('POST', '/v1/clients', ['Content-Type: application/json'], '{')),
  ];
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
  const bodies = answers.map(({ body }) => ({ ...(JSON.parse(body) as object), requestId: '' }));
  expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
  expect(bodies[0]).toMatchObject({ status: 401, code: 'key_invalid' });
});

test.each([
  ['a NUL in the key', () => `Authorization: Bearer ${key}\0`],
  ['a header of 1 MB', () => `Authorization: Bearer ${'a'.repeat(1_000_000)}`],
  ['a header line that is none', () => 'Authorization'],
])('%s ends before the broker, which lives on', async (_kind, header) => {
  const answer = await get('/v1/whoami', header());
  expect([400, 431, 0]).toContain(answer.status); // 0: cut off while still sending
  expect(answer.body).not.toContain('organization');
  await isAlive();
});

test('no other spelling of a path opens a protected route', async () => {
  const paths = [
    '//v1/whoami',
    '/%761/whoami',
    '/v1/whoami;x',
    '/V1/WHOAMI',
    '/v1/./whoami',
    '/x/../v1/whoami',
    '/v1/whoami/',
  ];
  const opened: string[] = [];
  for (const path of paths) if (![401, 404].includes((await get(path)).status)) opened.push(path);
  expect(opened).toEqual([]);
});

describe('with a valid key, what is no proper request is told so and nothing else happens', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

  test.each<[string, number, () => Promise<RawAnswer>]>([
    ['__proto__', 400, () => post('{"clientId":"acme","name":"x","__proto__":{"admin":true}}')],
    ['constructor.prototype', 400, () => post('{"clientId":"acme","name":"x","constructor":{"prototype":{"a":1}}}')],
    ['an unknown member', 400, () => post('{"clientId":"acme","name":"x","role":"admin"}')],
    ['an array for a string', 400, () => post('{"clientId":["acme"],"name":"x"}')],
    ['an object for a string', 400, () => post('{"clientId":{"$ne":null},"name":"x"}')],
    ['an array for the body', 400, () => post('[]')],
    ['null', 400, () => post('null')],
    ['half of a JSON text', 400, () => post('{"clientId":')],
    ['no body', 400, () => post('')],
    ['a NUL in a string', 400, () => post('{"clientId":"acme","name":"a\\u0000b"}')],
    ['half of a surrogate pair', 400, () => post('{"clientId":"acme","name":"a\\ud800b"}')],
    ['JSON 30,000 deep', 400, () => post(nested(30_000))],
    ['JSON 30,000 deep, in a member', 400, () => post(`{"clientId":${nested(30_000)}}`)],
    ['JSON 100,000 deep', 413, () => post(nested(100_000))],
    ['a body of 1 MB', 413, () => post(`{"clientId":"${'a'.repeat(1_000_000)}"}`)],
    ['plain text', 415, () => post('{"clientId":"acme","name":"x"}', 'text/plain')],
    ['a form', 415, () => post('clientId=acme&name=x', 'application/x-www-form-urlencoded')],
    ['multipart', 415, () => post('--b\r\n\r\n{}\r\n--b--', 'multipart/form-data; boundary=b')],
    ['another charset', 415, () => post('{}', 'application/json; charset=iso-8859-1')],
    ['gzip', 415, () => post(gzipSync('{"clientId":"acme","name":"x"}'), 'application/json', 'Content-Encoding: gzip')],
    ['a parameter twice', 400, () => get('/v1/clients?limit=1&limit=2', bearer())],
    ['an array parameter', 400, () => get('/v1/clients?limit[]=1', bearer())],
    ['an unknown parameter', 400, () => get('/v1/clients?organization=other', bearer())],
    ['a made-up cursor', 400, () => get('/v1/clients?cursor=eyJhIjoxfQ', bearer())],
    ['a broken escape in the path', 400, () => get('/v1/clients/%zz', bearer())],
    ['a NUL in the path', 400, () => get('/v1/clients/a%00b', bearer())],
    ['SQL in the path', 400, () => get("/v1/clients/a'%3bdrop%20table%20clients%3b--", bearer())],
    ['another method', 405, () => exchange(program.url, request('PUT', '/v1/clients', [bearer()]))],
  ])('%s: %i', async (_kind, status, send) => {
    const answer = await send();
    expect(answer.status).toBe(status);
    expect(answer.head).toMatch(/^content-type: application\/problem\+json/im);
    expect(JSON.parse(answer.body)).toMatchObject({ status, requestId: expect.any(String) as string });
    expect(await installation.query('select client_id from clients')).toEqual([]);
  });

  test('a thousand of them leave the memory as it was', async () => {
    const bodies = [nested(30_000), `{"clientId":"${'a'.repeat(60_000)}"}`, nested(100_000), '{"__proto__":{}}'];
    const storm = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round += 1)
        await Promise.all(bodies.flatMap((body) => [post(body), post(body, 'text/plain')]));
    };
    await storm(40);
    const before = residentBytes(program.pid);
    await storm(120);
    expect(residentBytes(program.pid) - before).toBeLessThan(50 * 1024 * 1024);
    await isAlive();
  });
});

test('no header makes more than one line in the log, or drives a terminal', async () => {
  const linesBefore = program.stderr().split('\n').length;
  const evil = '\x1b[2J{"level":"error","message":"forged"}\u2028\u0085end';
  const text = Buffer.from(evil, 'utf8')
    .toString('latin1')
    .replace(/[^\t\x20-\xff]/g, '\t');
  for (const name of ['User-Agent', 'X-Forwarded-For', 'X-Request-Id', 'Referer', 'Host'])
    expect((await get('/v1/whoami', bearer(), `${name}: ${text}`)).status).toBeLessThan(500);
  const answered = await get('/v1/whoami?mark', bearer());
  expect(answered.status).toBe(400);
  const requestId = (JSON.parse(answered.body) as { requestId: string }).requestId;
  await until('the last request is logged', () => program.stderr().includes(requestId));
  const lines = program
    .stderr()
    .split('\n')
    .slice(linesBefore - 1, -1);
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ message: 'request' });
  expect(program.stderr()).not.toContain('forged');
  expect(program.stderr()).not.toContain('\x1b');
});

test('who is turned away before he is recognised is counted in the log and in the audit, once a second', async () => {
  const headers = Array.from({ length: 200 }, (_, n) => `X-H${n}: a`);
  const answers = await Promise.all(Array.from({ length: 20 }, () => get('/v1/whoami', bearer(), ...headers)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([431]));
  const rows = await until('the audit has them', async () => {
    const found = await installation.query<{ count: number; actor: string }>(
      `select (detail ->> 'count')::int as count, actor from audit where code = 'headers_too_large'`,
    );
    return found.reduce((sum, { count }) => sum + count, 0) >= 20 && found;
  });
  expect(rows.length).toBeLessThan(5);
  expect(new Set(rows.map(({ actor }) => actor))).toEqual(new Set(['unknown']));
  expect(program.stderr()).toMatch(
    /"message":"turned away".*"headers_too_large":\d+|"headers_too_large":\d+.*"message":"turned away"/,
  );
});

describe('an address that fails', () => {
  /** Fails so often, each time under another name, and gives the statuses. */
  async function fail(url: string, names: readonly string[]): Promise<number[]> {
    const send = (name: string): Promise<RawAnswer> =>
      exchange(url, request('GET', '/v1/whoami', ['Authorization: Bearer no', `X-Forwarded-For: ${name}`]));
    return (await Promise.all(names.map(send))).map(({ status }) => status);
  }
  const limited = (statuses: readonly number[]): number => statuses.filter((status) => status === 429).length;

  test('is one, whatever X-Forwarded-For says; a valid key still works from there', async () => {
    const server = await installation.start('serve', { TRUST_PROXY: '0' });
    const statuses = await fail(
      server.url,
      Array.from({ length: 100 }, (_, i) => `203.0.113.${i}`),
    );
    expect(limited(statuses)).toBe(40);
    expect((await exchange(server.url, request('GET', '/v1/whoami', [bearer()]))).status).toBe(200);
  });

  test('is one in all its notations, and leaves others alone, behind a proxy', async () => {
    const server = await installation.start('serve', { TRUST_PROXY: '1' });
    const notations = ['192.0.2.1', '::ffff:192.0.2.1', '::ffff:c000:201', '0:0:0:0:0:ffff:c000:0201'];
    const statuses = await fail(
      server.url,
      Array.from({ length: 100 }, (_, i) => notations[i % 4] ?? ''),
    );
    expect(limited(statuses)).toBe(40);
    expect(await fail(server.url, ['192.0.2.2'])).toEqual([401]);
  });
});

function residentBytes(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
}
