import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

const ROUNDS = 8;
const CLIENTS = ['c1', 'c2', 'c3'];

test('changes that meet are each done or refused as a whole, and what is stored opens', async () => {
  const { ask } = scene;
  await ask('POST /v1/services', { body: { name: 'crm', tokenUrl: 'https://crm.example/token' } });
  const app = { clientId: 'oauth', clientSecrets: ['s'] };
  const changes = (round: number): [request: string, body?: object][] => [
    ...CLIENTS.flatMap((clientId): [string, object?][] => [
      ['POST /v1/clients', { clientId, name: clientId }],
      ['POST /v1/connections', { clientId, service: 'crm', accessToken: `${clientId}-${round}`, refreshToken: 'r' }],
      [`PUT /v1/clients/${clientId}/apps/crm`, app],
      [`POST /v1/clients/${clientId}/${round % 2 === 0 ? 'suspend' : 'resume'}`],
    ]),
    [`DELETE /v1/clients/${CLIENTS[round % CLIENTS.length] ?? ''}`],
    ['PUT /v1/services/crm/app', app],
    ['PATCH /v1/services/crm', { displayName: `CRM ${round}` }],
    ['POST /v1/access-keys', { name: 'n', preset: 'n8n' }],
  ];
  const statuses = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    const answers = await Promise.all(changes(round).map(([request, body]) => ask(request, { ...(body && { body }) })));
    for (const { status } of answers) statuses.add(status);
  }
  expect([...statuses].filter((status) => ![200, 201, 204, 404, 409, 503].includes(status))).toEqual([]);
  expect(statuses).toContain(201);

  for (const clientId of CLIENTS) {
    await ask('POST /v1/clients', { body: { clientId, name: clientId } });
    await ask(`POST /v1/clients/${clientId}/resume`);
    const { status, json } = await ask(`GET /v1/credentials/${clientId}/crm`);
    if (status === 200) expect(json.accessToken).toMatch(new RegExp(`^${clientId}-\\d$`));
    else expect(json.reason).toBe('never_connected');
  }
  const { rows } = await scene.database.query(
    `select from connections c where (select count(*) from token_sets t where t.connection_id = c.id and t.kind = 'current' and t.generation = c.generation) <> 1`,
  );
  expect(rows).toEqual([]);
});
