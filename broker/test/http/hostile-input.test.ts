import { call } from '../support/broker';
import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

const post = (path: string, text: string) => {
  const headers = { authorization: `Bearer ${scene.key}`, 'content-type': 'application/json' };
  return fetch(scene.broker.url + path, { method: 'POST', headers, body: text });
};
const BODIES: [path: string, body: object][] = [
  ['/v1/clients', { clientId: 'a', name: 'A' }],
  ['/v1/services', { name: 'a', tokenUrl: 'https://a.example/token' }],
  ['/v1/connections', { clientId: 'a', service: 'a', accessToken: 't' }],
  ['/v1/access-keys', { name: 'a', preset: 'n8n' }],
];

// null stands for the organization itself, whose connection is of no known service here, and for no token URL.
const MEANS_SOMETHING: Record<string, number> = {
  '/v1/connections clientId null': 404,
  '/v1/services tokenUrl null': 422,
};

test('a misspelt member is told as one that is missing and one that is not known', async () => {
  const { status, json } = await scene.ask('POST /v1/clients', { body: { clientID: 'a', name: 'A' } });
  expect(status).toBe(400);
  expect(json).toMatchObject({
    detail: 'clientId: is missing',
    errors: [
      { path: 'clientId', message: 'is missing' },
      { path: '', message: 'not known here: clientID' },
    ],
  });
});

test('another kind of value, and one beyond a limit, are told in plain words', async () => {
  const body = { name: 'q', maxPerMinute: 0, displayName: 7, pkce: 'no', tokenParams: { a: 1 }, permanentErrors: 'a' };
  const { status, json } = await scene.ask('POST /v1/services', { body });
  expect(status).toBe(400);
  expect(
    new Map((json.errors as { path: string; message: string }[]).map((told) => [told.path, told.message])),
  ).toEqual(
    new Map([
      ['maxPerMinute', 'must be at least 1'],
      ['displayName', 'must be text'],
      ['pkce', 'must be true or false'],
      ['tokenParams.a', 'must be text'],
      ['permanentErrors', 'must be a list'],
    ]),
  );
});

describe.each(BODIES)('%s', (path, body) => {
  const members = Object.keys(body);

  test.each(members)('refuses an array, an object and a number where %s belongs', async (member) => {
    for (const value of [['a'], { a: 1 }, 7, null]) {
      const { status } = await scene.ask(`POST ${path}`, { body: { ...body, [member]: value } });
      expect([path, member, value, status]).toEqual([
        path,
        member,
        value,
        MEANS_SOMETHING[`${path} ${member} ${JSON.stringify(value)}`] ?? 400,
      ]);
    }
  });

  test('refuses unknown members, also those that JavaScript knows', async () => {
    const inner = JSON.stringify(body).slice(1, -1);
    for (const extra of [
      '"admin":true',
      '"__proto__":{"admin":true}',
      '"constructor":{"prototype":{"admin":true}}',
      '"toString":1',
    ]) {
      expect((await post(path, `{${inner},${extra}}`)).status).toBe(400);
    }
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test('refuses what is no object, no JSON, too deep or too large', async () => {
    for (const text of ['', 'null', '[]', '"a"', '{', '{"a":}', `${'['.repeat(20_000)}${']'.repeat(20_000)}`])
      expect((await post(path, text)).status).toBe(400);
    expect((await post(path, JSON.stringify({ ...body, name: 'a'.repeat(100_000) }))).status).toBe(413);
    const form = await call(scene.broker.url + path, {
      method: 'POST',
      key: scene.key,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });
    expect(form.status).toBe(415);
  });
});

test.each(["'; drop table clients; --", '$1', '%', '\\', 'a" or "1"="1', '</script>', 'Ünïcödé 名前 🙂'])(
  '%s is stored as it stands',
  async (name) => {
    const clientId = `c${Buffer.from(name).toString('hex').slice(0, 60)}`;
    expect((await scene.ask('POST /v1/clients', { body: { clientId, name } })).status).toBe(201);
    expect((await scene.ask(`GET /v1/clients/${clientId}`)).json.name).toBe(name);
  },
);

test.each(['\u0000', 'a\u0000b', 'a\nb', 'a\u001b[31m', '\u2028', '\ud800', '', 'x'.repeat(201)])(
  'the name %j is refused',
  async (name) => {
    expect((await scene.ask('POST /v1/clients', { body: { clientId: 'odd', name } })).status).toBe(400);
  },
);

// A NUL that reached the audit would keep it from being written, and with it everybody's answers.
test.each(['\u0000', 'a\u0000b', 'a\nb', 'a\u001b[31m', '\u2028', '\ud800', 'x'.repeat(65)])(
  'a grant for the workflow %j is refused, in its body and nowhere else',
  async (workflowId) => {
    const body = { clientId: 'nobody', service: 'none' };
    const [odd, plain, ...others] = await Promise.all([
      scene.ask('POST /v1/grants', { body: { ...body, workflowId } }),
      scene.ask('POST /v1/grants', { body: { ...body, workflowId: '' } }),
      scene.ask('POST /v1/grants', { body: { ...body, executionId: workflowId } }),
      ...Array.from({ length: 5 }, () => scene.ask('GET /v1/whoami')),
    ]);
    expect([odd.status, plain.status]).toEqual([400, 404]);
    expect(others.map(({ status }) => status)).toEqual([400, 200, 200, 200, 200, 200]);
  },
);

test.each(["a'b", 'a b', '..', '.', '-a', 'a/b', 'a%2fb', 'a%00b', 'ä', 'a'.repeat(65)])(
  'the Client ID %s is refused in a path',
  async (clientId) => {
    const { status } = await scene.ask(`GET /v1/clients/${clientId}`);
    expect([400, 404]).toContain(status);
  },
);

test('duplicate and unknown parameters are refused', async () => {
  for (const query of [
    'limit=1&limit=2',
    'cursor=a&cursor=b',
    'limit[]=1',
    'limit[a]=1',
    'order=name',
    '__proto__=1',
  ]) {
    expect((await scene.ask(`GET /v1/clients?${query}`)).status).toBe(400);
  }
});

test('ids that are none are malformed, not errors of ours', async () => {
  for (const path of [
    '/v1/connections/1',
    "/v1/connections/'",
    '/v1/connections/00000000-0000-0000-0000',
    '/v1/access-keys/x/revoke',
  ]) {
    const { status } = await scene.ask(path.endsWith('revoke') ? `POST ${path}` : `GET ${path}`);
    expect(status).toBe(400);
  }
});
