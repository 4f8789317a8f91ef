import { until } from '../support/until';
import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

test('the head of the chain is read by keys of the operator, and by no other organization', async () => {
  expect((await scene.ask('GET /v1/audit/head')).json).toEqual({ id: 0, head: null, rows: 0, sealedAt: null });
  scene.broker.broker.sealer.start();
  const { json } = await until('something is sealed', async () => {
    const answer = await scene.ask('GET /v1/audit/head');
    return answer.json.head === null ? null : answer;
  });
  expect(Object.keys(json).sort()).toEqual(['head', 'id', 'rows', 'sealedAt']);
  expect(await scene.ask('GET /v1/audit/head', { key: scene.otherKey })).toMatchObject({
    status: 403,
    json: { code: 'scope_missing' },
  });
  const { key } = await scene.mint({ scopes: ['clients:read'] });
  expect((await scene.ask('GET /v1/audit/head', { key })).status).toBe(403);
});
