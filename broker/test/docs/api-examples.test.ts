import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Broker } from '../../src/app/broker';
import { curlOf } from '../../src/http/documentation/curl';
import { isPage, openApiDocument, type Operation } from '../../src/http/documentation/openapi';
import { allRoutes, documentedRoutes } from '../../src/http/serve';
import { setScene, type Scene } from '../http/scene';

/** What others need comes first; what ends something, and the import of a token that has ended since, comes last. */
const FIRST = ['POST /v1/clients', 'POST /v1/services', 'PUT /v1/services/{service}/app'];
const LAST = [
  'POST /v1/connections',
  'POST /v1/imports',
  'POST /v1/services/{service}/move',
  'DELETE /v1/connections/{id}',
  'DELETE /v1/clients/{clientId}',
  'DELETE /v1/services/{service}',
];
/** Whose examples are rightly refused here: nothing is held until somebody else has signed in. */
const REFUSED: Readonly<Record<string, string>> = {
  'POST /v1/connections/{id}/held/accept': 'conflict',
  'POST /v1/connections/{id}/held/reject': 'conflict',
};

const documented = documentedRoutes(allRoutes({} as Broker));
const examples = Object.entries(openApiDocument(documented).paths).flatMap(([pattern, methods]) =>
  Object.entries(methods)
    .filter(([, operation]) => !isPage(operation))
    .map(([method, operation]) => ({ name: `${method.toUpperCase()} ${pattern}`, method, path: pattern, operation })),
);
const named = (name: string) => examples.filter((example) => example.name === name);
const between = examples.filter(({ name }) => ![...FIRST, ...LAST].includes(name));

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

test('the example of every route is answered as its schema says', async () => {
  for (const example of FIRST.flatMap(named)) await tried(example);
  const body = {
    clientId: 'acme',
    service: 'google',
    accessToken: 'live',
    refreshToken: 'live',
    expiresAt: inAnHour(),
  };
  expect((await scene.ask('POST /v1/connections', { body })).status).toBe(201);
  for (const example of [...between, ...LAST.flatMap(named)]) await tried(example);
  expect(FIRST.length + between.length + LAST.length).toBe(examples.length);
}, 120_000);

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

async function tried(example: { name: string; method: string; path: string; operation: Operation }): Promise<void> {
  const { name, method, path } = example;
  const route = documented.find((each) => each.method === method && each.path.replace(/:(\w+)/g, '{$1}') === path);
  const { status, body } = await typed(curlOf(example), await idsFor(path));
  const refusal = REFUSED[name];
  if (refusal !== undefined) {
    expect([name, JSON.parse(body)]).toEqual([name, expect.objectContaining({ code: refusal })]);
    return;
  }
  expect([name, status, body]).toEqual([name, route?.status, body]);
  if (route?.answer == null || route.mediaTypes !== undefined) return;
  expect([name, route.answer.safeParse(JSON.parse(body)).error?.issues]).toEqual([name, undefined]);
}

/** The example with what is this broker's own, in a shell. */
async function typed(command: string, ids: readonly string[]): Promise<{ status: number; body: string }> {
  const here = ids
    .reduce(
      (text, id) => text.replace(/0f8fad5b-d9cb-469f-a165-70867728950e|7Qm2xVb0KpLa/, id),
      command.replace('http://127.0.0.1:3001', scene.broker.url),
    )
    .replace('7c9e6679-7425-40de-944b-e07fc1f90ae7', await deliveryOf(ids[0] ?? ''));
  const { stdout } = await promisify(execFile)('bash', ['-c', `${here} -w '\\n%{http_code}'`], {
    env: { PATH: process.env.PATH, OTOBOT_KEY: scene.key },
  });
  const end = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
}

/** Of the connection; of a link, key or n8n that nobody else needs. In the order in which they are named. */
async function idsFor(pattern: string): Promise<string[]> {
  if (pattern.startsWith('/v1/n8n-instances/')) return idsOfN8n();
  if (pattern.startsWith('/v1/access-keys/')) return [(await scene.mint()).id];
  if (pattern.startsWith('/v1/connect-links/')) {
    const { json } = await scene.ask('POST /v1/connect-links', { body: { clientId: 'acme', service: 'google' } });
    return [String(json.id)];
  }
  if (pattern.startsWith('/v1/webhooks/')) return [await aWebhook()];
  const { json } = await scene.ask('GET /v1/connections');
  return [(json.items as { id: string }[])[0]?.id ?? ''];
}

async function idsOfN8n(): Promise<string[]> {
  const name = `n${randomUUID()}`;
  const instance = await scene.ask('POST /v1/n8n-instances', {
    body: { name, url: 'http://127.0.0.1:9', apiKey: 'k' },
  });
  const route = `POST /v1/n8n-instances/${String(instance.json.id)}/credentials`;
  const body = { clientId: 'acme', service: 'google', type: 'gmailOAuth2' };
  return [String(instance.json.id), String((await scene.ask(route, { body })).json.id)];
}

/** With a delivery to be sent once more. */
async function aWebhook(): Promise<string> {
  const { json } = await scene.ask('POST /v1/webhooks', { body: { url: 'https://hooks.example.com/in' } });
  await scene.database.query(
    `insert into webhook_deliveries (organization_id, webhook_id, event_id)
     select w.organization_id, w.id, (select max(id) from outbox) from webhooks w where w.id = $1`,
    [json.id],
  );
  return String(json.id);
}

async function deliveryOf(webhookId: string): Promise<string> {
  const { rows } = await scene.database.query<{ id: string }>(
    'select id from webhook_deliveries where webhook_id::text = $1',
    [webhookId],
  );
  return rows[0]?.id ?? '';
}
