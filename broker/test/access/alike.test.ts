import { connectDatabase, type Database, type Statement } from '../../src/db/database';
import { createAuthenticator, type Authenticator } from '../../src/services/access/authenticate';
import { operatorCaller } from '../../src/services/access/operator';
import type { NewKey } from '../../src/services/access-keys/grant';
import { createDatabaseClock } from '../../src/services/database-clock';
import { Vault } from '../../src/vault/vault';
import { setScene, type Scene } from '../http/scene';
import { silent } from '../support/broker';
import { guess, madeUpId, withId } from './guess';

const operator = operatorCaller('default');
let scene: Scene;
let database: Database;
let authenticator: Authenticator;
/** What was done for a request: every statement, and every MAC. */
let done: string[] = [];

beforeAll(async () => {
  scene = await setScene();
  database = connectDatabase({ url: scene.database.url, role: 'otobot_audit', max: 1, log: silent });
  const counting: Database = {
    ...database,
    query: <Row extends object>(statement: Statement) => {
      done.push(statement.name ?? 'a statement');
      return database.query<Row>(statement);
    },
  };
  const { vault } = scene.broker.broker;
  const verify = Vault.prototype.verifyMac;
  jest.spyOn(vault, 'verifyMac').mockImplementation((...given) => {
    done.push('a MAC');
    return verify.apply(vault, given);
  });
  authenticator = createAuthenticator({
    ...{ database: counting, vault, keys: { reload: () => Promise.reject(new Error('not for these')) } },
    ...{ internalTokens: { hashes: [] }, clock: createDatabaseClock() },
  });
});
afterAll(async () => {
  jest.restoreAllMocks();
  await database.close();
  await scene.close();
});
beforeEach(() => (done = []));

const WORK = ['find-access-key-for-authentication', 'a MAC'];
const mint = (key: Partial<NewKey> = {}) => scene.mint({ scopes: ['clients:read'], ...key });
const present = (token: string) => authenticator.authenticate({ kind: 'bearer', token });

const REFUSED: [string, () => Promise<string>][] = [
  ['an unknown id', () => Promise.resolve(guess())],
  ['a wrong secret', async () => guess((await mint()).id)],
  [
    'a wrong secret for a key that is in use',
    async () => {
      const { id, key } = await mint();
      await present(key);
      return guess(id);
    },
  ],
  [
    'a revoked key',
    async () => {
      const { id, key } = await mint();
      await scene.broker.broker.accessKeys.revoke(operator, id, {});
      return key;
    },
  ],
  ['an expired key', async () => (await mint({ expiresAt: new Date(Date.now() - 1_000) })).key],
  [
    'a key that expired while it was remembered',
    async () => {
      const { id, key } = await mint();
      await present(key);
      await scene.broker.broker.accessKeys.update(operator, id, { expiresAt: new Date(Date.now() - 1_000) });
      const principal = await present(key);
      authenticator.forget({ kind: 'bearer', token: key }, principal);
      return key;
    },
  ],
  [
    'a forged row',
    async () => {
      const { id, key } = await mint();
      await scene.database.query(`update access_keys set scopes = '{audit:read}' where id = $1`, [id]);
      return key;
    },
  ],
];

test.each(REFUSED)('%s is refused in the same words, after the same work', async (_what, make) => {
  const token = await make();
  for (let again = 0; again < 2; again++) {
    done = [];
    const refusal = await present(token).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'key_invalid', detail: expect.stringContaining('Send a valid') as unknown });
    expect(done).toEqual(WORK);
  }
});

test('the secret of one key opens no other id, whether somebody has it or not', async () => {
  const { id: own, key } = await mint();
  // So that this is the one that stands in for those that there are not.
  await scene.database.query('delete from access_keys where id < $1', [own]);
  for (const id of [madeUpId(), (await mint()).id])
    await expect(present(withId(key, id))).rejects.toMatchObject({ code: 'key_invalid' });
  await present(key);
});

test('nobody makes a process forget a key by naming it', async () => {
  const { id, key } = await mint();
  await present(key);
  const wrong = { kind: 'bearer' as const, token: guess(id) };
  await expect(authenticator.authenticate(wrong)).rejects.toMatchObject({ code: 'key_invalid' });
  expect(authenticator.forget(wrong, null)).toBe(false);
  done = [];
  await present(key);
  expect(done).toEqual([]);
});
