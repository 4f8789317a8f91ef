import { allRoutes } from '../../src/http/serve';
import { setScene, type Scene } from './scene';

let scene: Scene;
const secrets = ['access', 'refresh', 'api-key', 'user', 'password', 'client-secret'].map(
  (name) => `CANARY-${name}-${'x'.repeat(12)}`,
);
const [accessToken, refreshToken, apiKey, username, password, clientSecret] = secrets as [
  string,
  string,
  string,
  string,
  string,
  string,
];
let connections: string[];
beforeAll(async () => {
  scene = await setScene();
  const { ask } = scene;
  await ask('POST /v1/clients', { body: { clientId: 'acme', name: 'Acme' } });
  await ask('POST /v1/services', { body: { name: 'crm', tokenUrl: 'https://crm.example/token' } });
  await ask('PUT /v1/services/crm/app', { body: { clientId: 'oauth', clientSecrets: [clientSecret] } });
  const bodies = [
    { accessToken, refreshToken },
    { kind: 'api_key', apiKey },
    { kind: 'basic', username, password },
  ];
  const made = bodies.map((body, index) =>
    ask('POST /v1/connections', { body: { clientId: 'acme', service: 'crm', name: `n${index}`, ...body } }),
  );
  connections = (await Promise.all(made)).map(({ json }) => String(json.id));
});
afterAll(() => scene.close());

/** Raw, and in the forms in which logs and dumps would show it. */
const formsOf = (secret: string): string[] => {
  const bytes = Buffer.from(secret);
  return [
    secret,
    bytes.toString('base64').slice(0, -4),
    bytes.toString('base64url').slice(0, -4),
    bytes.toString('hex'),
  ];
};
const forms = secrets.flatMap(formsOf);
const leaks = (text: string): string[] => forms.filter((form) => text.includes(form));

test('no reading route but the credentials themselves tells a secret', async () => {
  const reading = allRoutes(scene.broker.broker).filter(
    ({ method, scope }) => method === 'get' && scope !== 'credentials:read',
  );
  expect(reading.length).toBeGreaterThan(8);
  for (const { path } of reading) {
    for (const id of connections) {
      const { text } = await scene.ask(
        `GET ${path.replace(':clientId', 'acme').replace(':service', 'crm').replace(':id', id)}`,
      );
      expect({ path, leaks: leaks(text) }).toEqual({ path, leaks: [] });
    }
  }
});

test('what changes a connection answers without its secrets', async () => {
  for (const id of connections) {
    for (const action of ['disable', 'enable', 'refresh'])
      expect(leaks((await scene.ask(`POST /v1/connections/${id}/${action}`)).text)).toEqual([]);
  }
});

test('a secret in the wrong place is not repeated in the refusal', async () => {
  for (const body of [
    { accessToken: [accessToken] },
    { kind: 'api_key', accessToken },
    { clientId: accessToken + '/' },
    { [accessToken]: 1 },
  ]) {
    const { status, text } = await scene.ask('POST /v1/connections', {
      body: { clientId: 'acme', service: 'crm', ...body },
    });
    expect({ status: status >= 400 && status < 500, leaks: leaks(text) }).toEqual({ status: true, leaks: [] });
  }
});

test('no row of any table holds a secret', async () => {
  const { rows } = await scene.database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  for (const { name } of rows) {
    const dump = await scene.database.query<{ row: string }>(`select t::text as row from "${name}" t`);
    expect({ name, leaks: leaks(dump.rows.map(({ row }) => row).join('\n')) }).toEqual({ name, leaks: [] });
  }
});
