import { exchange, request } from '../system/raw';
import { requestOf, ROUTES } from './routes';
import { MARK, setStage, type Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
}, 60_000);
afterAll(() => stage.close());

const guarded = Object.entries(ROUTES).filter(([, { scope }]) => scope !== 'public');

/** Ways to write a path that proxies, routers and file systems take for the same. */
const VARIANTS: readonly ((path: string) => string)[] = [
  (path) => `/${path}`,
  (path) => path.replace('/v1/', '/v1//'),
  (path) => path.replace('/v1/', '/v1/./'),
  (path) => path.replace('/v1/', '/v1/x/../'),
  (path) => path.replace('/v1/', '/v1/%2e/'),
  (path) => path.replace('/v1/', '/%2e%2e/v1/'),
  (path) => path.replace('/v1/', '/health/..%2fv1/'),
  (path) => path.replace('/v1/', '/health/../v1/'),
  (path) => path.replace('/v1/', '/connect/../v1/'),
  (path) => path.replace('/v1', '/%76%31'),
  (path) => path.replace('/v1/', '/v1%2f'),
  (path) => path.replace('/v1/', '/v1\\'),
  (path) => path.replace('/v1', '/V1'),
  (path) => path.replace(/^\/v1\/(\w)/, (_whole, first: string) => `/v1/${first.toUpperCase()}`),
  (path) => `${path}/`,
  (path) => `${path};x=1`,
  (path) => path.replace('/v1/', '/v1;x/'),
  (path) => `${path}.json`,
  (path) => `${path}%00`,
  (path) => `${path}%20`,
  (path) => `${path}?`,
  (path) => `http://127.0.0.1${path}`,
];

const ask = async (method: string, path: string, headers: readonly string[] = []) => {
  const address = `X-Forwarded-For: 198.19.${Math.floor(Math.random() * 256)}.${Math.floor(Math.random() * 256)}`;
  return exchange(stage.broker.url, request(method, path, [address, ...headers]));
};

test('however its path is written, no guarded route answers without a key, nor shows anything to a stranger', async () => {
  const opened: string[] = [];
  const stranger = [`Authorization: Bearer ${stage.key}`];
  const seen = new Set<string>();
  for (const [name, row] of guarded.filter(([each]) => each.startsWith('GET'))) {
    const { path } = requestOf(name, row, stage.objects.other);
    for (const variant of VARIANTS) {
      const written = variant(path.split('?')[0] ?? '');
      if (seen.has(written)) continue;
      seen.add(written);
      const nobody = await ask('GET', written);
      if (![400, 401, 404, 405].includes(nobody.status)) opened.push(`${written}: ${nobody.status} without a key`);
      const theirs = await ask('GET', written, stranger);
      if (theirs.status >= 500 || theirs.body.includes(MARK))
        opened.push(`${written}: ${theirs.status} ${theirs.body}`);
    }
  }
  expect(opened).toEqual([]);
}, 120_000);

test('no other method opens a guarded route, and none is taken for another', async () => {
  const { objects, key } = stage;
  const opened: string[] = [];
  for (const path of new Set(guarded.map(([name, row]) => requestOf(name, row, objects.own).path))) {
    for (const method of ['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'POST', 'PROPFIND']) {
      const { status, body } = await ask(method, path);
      if (![400, 401, 404, 405].includes(status) || (method === 'HEAD' && body !== ''))
        opened.push(`${method} ${path}: ${status} ${body}`);
    }
  }
  expect(opened).toEqual([]);

  const { key: reading } = await stage.mint('beta', { preset: 'n8n' });
  const overriding = [
    ...['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'].map((header) => [`${header}: DELETE`]),
    ['X-Original-URL: /v1/access-keys', 'X-Rewrite-URL: /v1/access-keys'],
  ];
  for (const headers of overriding) {
    const path = `/v1/clients/${objects.own.clientId}?_method=DELETE`;
    for (const method of ['GET', 'POST'])
      expect((await ask(method, path, [`Authorization: Bearer ${key}`, ...headers])).status).toBeGreaterThanOrEqual(
        400,
      );
    const read = await ask('GET', `/v1/clients/${objects.own.clientId}`, [
      `Authorization: Bearer ${reading}`,
      ...headers,
    ]);
    expect([read.status, read.body.includes('hint')]).toEqual([200, false]);
  }
  const kept = await stage.database.query('select from clients where client_id = $1', [objects.own.clientId]);
  expect(kept.rowCount).toBe(1);
}, 60_000);
