import { connectDatabase, type Database } from '../../src/db/database';
import { operatorCaller } from '../../src/services/access/operator';
import { createOrganizations, type Organizations } from '../../src/services/organizations';
import { silent } from '../support/broker';
import { setScene, type Scene } from './scene';

let scene: Scene;
let owner: Database;
let organizations: Organizations;
beforeAll(async () => {
  scene = await setScene();
  owner = connectDatabase({ url: scene.database.url, role: null, max: 1, log: silent });
  organizations = createOrganizations({ owner, authorize: scene.broker.broker.authorize });
});
afterAll(async () => {
  await owner.close();
  await scene.close();
});

const atTheMachine = operatorCaller('default');

test('the operator makes and lists organizations; their keys work at once', async () => {
  await organizations.create(atTheMachine, { name: 'agency-2', displayName: 'Agency 2' });
  expect((await organizations.list(atTheMachine)).map(({ name }) => name)).toEqual(['agency-2', 'default', 'other']);
  const { key } = await scene.mint({}, 'agency-2');
  expect((await scene.ask('GET /v1/whoami', { key })).json).toMatchObject({ organization: 'agency-2' });
});

test('a name is taken once, and has a form', async () => {
  await organizations.create(atTheMachine, { name: 'once' });
  await expect(organizations.create(atTheMachine, { name: 'once' })).rejects.toMatchObject({ code: 'conflict' });
  await expect(organizations.create(atTheMachine, { name: 'No Good' })).rejects.toMatchObject({
    code: 'invalid_value',
  });
});

test('no access key reaches beyond its organization', async () => {
  const withKey = { ...atTheMachine, presented: { kind: 'bearer', token: scene.key } as const };
  await expect(organizations.list(withKey)).rejects.toMatchObject({ code: 'scope_missing' });
  await expect(organizations.create(withKey, { name: 'mine' })).rejects.toMatchObject({ code: 'scope_missing' });
});
