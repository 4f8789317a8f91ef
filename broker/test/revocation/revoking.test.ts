import { startProvider, type Provider } from '../support/provider';
import { until } from '../support/until';
import { must, setScene, type Scene } from './scene';

let scene: Scene;
let thief: Provider;
beforeAll(async () => {
  [scene, thief] = await Promise.all([setScene(), startProvider()]);
});
afterAll(async () => {
  await scene.close();
  await thief.close();
});
beforeEach(async () => {
  await scene.database.query('delete from connections');
  await scene.database.query('delete from revocations');
  scene.provider.reset();
});
afterEach(() => scene.rest());

test('a deleted connection is revoked at the provider, and then nothing of its tokens is left', async () => {
  await scene.work();
  const { id, issued } = await scene.connect('one', { account: 'ann' });
  expect(await scene.remove(id)).toEqual({ id, revocation: 'queued' });
  await scene.settled();
  expect(scene.provider.isLive(issued.refreshToken)).toBe(false);
  expect(scene.provider.accepts(issued.accessToken)).toBe(false);
  const [call] = scene.provider.revocations;
  expect(call?.clientSecret).toBe(scene.provider.clientSecrets[0]);
  expect(Object.fromEntries(call?.form ?? [])).toEqual({
    token: issued.refreshToken,
    token_type_hint: 'refresh_token',
  });
  expect(await scene.eventsOf(id)).toEqual([{ type: 'connection.revoked', data: { name: 'one', outcome: 'revoked' } }]);
});

test('without a refresh token the access token is revoked', async () => {
  await scene.work();
  const { id, issued } = await scene.connect('short', { account: 'ann', accessOnly: true });
  expect(await scene.remove(id)).toMatchObject({ revocation: 'queued' });
  await scene.settled();
  expect(scene.provider.accepts(issued.accessToken)).toBe(false);
  expect(scene.provider.revocations[0]?.form.get('token_type_hint')).toBe('access_token');
});

test('what cannot be revoked is said: no revocation URL, no consent', async () => {
  await must(scene.ask('POST /v1/services', { body: { name: 'keyed', oauthType: 'api_key' } }));
  const plain = await scene.connect('plain', { service: 'plain' });
  expect(await scene.remove(plain.id)).toEqual({ id: plain.id, revocation: 'unsupported' });
  const body = { clientId: 'acme', service: 'keyed', apiKey: 'k' };
  const { id } = await must(scene.ask('POST /v1/connections', { body }));
  expect(await scene.remove(String(id))).toEqual({ id, revocation: 'none' });
  expect(await scene.waiting()).toEqual([]);
});

test('a client who is deleted takes his connections and his own app with him, and all is revoked', async () => {
  await must(scene.ask('POST /v1/clients', { body: { clientId: 'leaving', name: 'Leaving' } }));
  const { clientId, clientSecrets } = scene.provider;
  await must(scene.ask('PUT /v1/clients/leaving/apps/crm', { body: { clientId, clientSecrets } }));
  // Of one account: they go together, so they do not spare each other.
  const first = await scene.connect('first', { clientId: 'leaving', account: 'lea' });
  const second = await scene.connect('second', { clientId: 'leaving', account: 'lea' });
  await scene.connect('third', { clientId: 'leaving', service: 'plain' });
  const answer = await must(scene.ask('DELETE /v1/clients/leaving'));
  expect(answer).toEqual({ clientId: 'leaving', revocations: { queued: 2, shared: 0, unsupported: 1, none: 0 } });
  await scene.work();
  await scene.settled();
  for (const { issued } of [first, second]) expect(scene.provider.isLive(issued.refreshToken)).toBe(false);
});

describe('nobody loses what he did not give up', () => {
  const left = { revocation: 'shared' };

  test('another connection of the same account keeps the consent', async () => {
    const [kept, gone] = [
      await scene.connect('kept', { account: 'ann' }),
      await scene.connect('gone', { account: 'ann' }),
    ];
    expect(await scene.remove(gone.id)).toMatchObject(left);
    expect(await scene.waiting()).toEqual([]);
    expect(scene.provider.isLive(kept.issued.refreshToken)).toBe(true);
    expect(await scene.remove(kept.id)).toMatchObject({ revocation: 'queued' });
  });

  test('one of another account does not hinder it', async () => {
    await scene.connect('bob', { account: 'bob', clientId: 'beta' });
    const { id } = await scene.connect('ann', { account: 'ann' });
    expect(await scene.remove(id)).toMatchObject({ revocation: 'queued' });
  });

  test.each([
    ['of the one that is deleted', null, 'ann'],
    ['of another one', 'ann', null],
    ['of both', null, null],
  ])('an account that is not known, %s, may be the same', async (_whose, gone, kept) => {
    await scene.connect('kept', { account: kept, clientId: 'beta' });
    const { id } = await scene.connect('gone', { account: gone });
    expect(await scene.remove(id)).toMatchObject(left);
  });

  test('a second service with the same OAuth client counts', async () => {
    await scene.connect('kept', { account: 'ann', service: 'plain' });
    const { id } = await scene.connect('gone', { account: 'ann' });
    expect(await scene.remove(id)).toMatchObject(left);
  });

  test('connecting again revokes nothing', async () => {
    await scene.work();
    const { id, issued } = await scene.connect('again', { account: 'ann' });
    await scene.connect('again', { account: 'ann' });
    expect(await scene.waiting()).toEqual([]);
    expect(scene.provider.isLive(issued.refreshToken)).toBe(true);
    expect(await scene.eventsOf(id)).toEqual([]);
  });

  test('who connects again before a worker came is spared', async () => {
    const { id, issued } = await scene.connect('back', { account: 'ann' });
    expect(await scene.remove(id)).toMatchObject({ revocation: 'queued' });
    await scene.connect('back', { account: 'ann' });
    await scene.work();
    await scene.settled();
    expect(scene.provider.revocations).toEqual([]);
    expect(scene.provider.isLive(issued.refreshToken)).toBe(true);
    expect(await scene.eventsOf(id)).toEqual([
      { type: 'connection.revocation_left', data: { name: 'back', outcome: 'shared' } },
    ]);
  });

  test('another organization that uses the same OAuth client is spared too', async () => {
    const { otherKey: key, ask, provider } = scene;
    await must(ask('POST /v1/clients', { key, body: { clientId: 'acme', name: 'Acme' } }));
    const { clientId, clientSecrets } = provider;
    await must(ask('PUT /v1/services/crm/app', { key, body: { clientId, clientSecrets } }));
    const theirs = await scene.connect('theirs', { account: 'ann', key });
    const { id } = await scene.connect('ours', { account: 'ann' });
    // What others have is not this organization's to know.
    expect(await scene.remove(id)).toMatchObject({ revocation: 'queued' });
    await scene.work();
    await scene.settled();
    expect(provider.revocations).toEqual([]);
    expect(provider.isLive(theirs.issued.refreshToken)).toBe(true);
  });
});

describe('a database that somebody writes to', () => {
  const rewritten: [string, string][] = [
    ['revocation URL', 'update services set oauth_revocation_url = $1'],
    ['revocation and token URL', 'update services set oauth_revocation_url = $1, oauth_token_url = $1'],
    ['revocation and refresh URL', 'update services set oauth_revocation_url = $1, refresh_url = $1'],
  ];

  test.each(rewritten)('sends nothing to his %s', async (_what, sql) => {
    const { database, provider } = scene;
    const { id } = await scene.connect('prey', { account: 'ann' });
    await database.query(`${sql} where name = 'crm'`, [thief.revocationUrl]);
    try {
      expect(await scene.remove(id)).toMatchObject({ revocation: 'queued' });
      await scene.work();
      await scene.settled();
    } finally {
      await database.query(
        `update services set oauth_revocation_url = $1, oauth_token_url = $2, refresh_url = null where name = 'crm'`,
        [provider.revocationUrl, provider.tokenUrl],
      );
    }
    expect([thief.revocations, thief.calls, provider.revocations]).toEqual([[], [], []]);
    expect(await scene.eventsOf(id)).toEqual([
      { type: 'connection.integrity', data: { name: 'prey', outcome: 'integrity', code: 'integrity' } },
    ]);
  });

  test('and over the API another origin is refused', async () => {
    const body = { revocationUrl: thief.revocationUrl };
    expect(await scene.ask('PATCH /v1/services/crm', { body })).toMatchObject({
      status: 422,
      json: { code: 'invalid_value', detail: expect.stringContaining('revocationUrl') as string },
    });
  });
});

test('whoever is connecting again at this moment is waited for', async () => {
  const { database, provider } = scene;
  await must(scene.ask('PATCH /v1/services/crm', { body: { authorizationUrl: `${provider.url}/authorize` } }));
  const { id } = await scene.connect('again', { account: 'ann' });
  const link = await must(
    scene.ask('POST /v1/connect-links', { body: { clientId: 'acme', service: 'crm', name: 'new' } }),
  );
  const started = await fetch(`${scene.broker.url}${new URL(String(link.url)).pathname}`, {
    method: 'POST',
    redirect: 'manual',
  });
  expect(started.status).toBe(303);
  await scene.remove(id);
  await scene.work();
  await until('a worker has looked', async () => (await scene.waiting())[0]?.last_error_code === 'reconnecting');
  expect(provider.revocations).toEqual([]);
  await database.query('update flows set expires_at = otobot_now()');
  await database.query('update revocations set next_attempt_at = otobot_now()');
  await scene.settled();
  expect(provider.revocations).toHaveLength(1);
});

test.each([
  ['form', 'header', '/revoke'],
  ['form', 'body', '/revoke'],
  ['json', 'header', '/revoke'],
  ['json', 'body', '/revoke'],
  ['query', 'header', '/revoke?token=TOKEN&token_type_hint=refresh_token'],
  ['query', 'body', '/revoke?token=TOKEN&token_type_hint=refresh_token'],
])(
  'the token is written in a %s with the client in the %s where the service says so',
  async (format, authStyle, path) => {
    const { provider } = scene;
    await must(scene.ask('PATCH /v1/services/crm', { body: { revocationFormat: format, authStyle } }));
    const { id, issued } = await scene.connect('written', { account: 'ann' });
    await scene.remove(id);
    await scene.work();
    await scene.settled();
    await must(scene.ask('PATCH /v1/services/crm', { body: { revocationFormat: 'form', authStyle: 'header' } }));
    const [call] = provider.revocations;
    expect(call?.path.replace(issued.refreshToken, 'TOKEN')).toBe(path);
    expect([call?.clientId, call?.clientSecret]).toEqual([provider.clientId, provider.clientSecrets[0]]);
    expect(call?.headers.authorization === undefined).toBe(authStyle === 'body');
    if (format !== 'query') expect(provider.isLive(issued.refreshToken)).toBe(false);
  },
);

test('a refused client secret is followed by the next', async () => {
  const { provider } = scene;
  const revoked = provider.clientSecrets.shift() as string;
  try {
    const { id, issued } = await scene.connect('secrets', { account: 'ann' });
    await scene.remove(id);
    await scene.work();
    await scene.settled();
    expect(provider.revocations.map(({ clientSecret }) => clientSecret)).toEqual([revoked, provider.clientSecrets[0]]);
    expect(provider.isLive(issued.refreshToken)).toBe(false);
  } finally {
    provider.clientSecrets.unshift(revoked);
  }
});

test('a provider that does not answer is asked again, less and less often, and given up after a day', async () => {
  const { database, provider } = scene;
  await database.query(`update services set oauth_revocation_url = $1 where name = 'crm'`, [`${provider.url}/none`]);
  try {
    const { id } = await scene.connect('stubborn', { account: 'ann' });
    await scene.remove(id);
    await scene.work();
    const attempted = (attempts: number) =>
      until(`attempt ${attempts} has ended`, async () => {
        const [row] = await scene.waiting();
        return row?.attempts === attempts && row.last_error_code === 'not_found' && row;
      });
    const pause = async (): Promise<number> => {
      const { rows } = await database.query<{ seconds: number }>(
        'select extract(epoch from next_attempt_at - otobot_now())::float8 as seconds from revocations',
      );
      return rows[0]?.seconds ?? 0;
    };
    await attempted(1);
    const first = await pause();
    await database.query(`update revocations set last_error_code = null, next_attempt_at = otobot_now()`);
    await attempted(2);
    expect([Math.ceil(first / 60), Math.ceil((await pause()) / 60)]).toEqual([1, 2]);
    expect(await scene.eventsOf(id)).toEqual([]);
    await database.query(
      `update revocations set created_at = otobot_now() - interval '25 hours', next_attempt_at = otobot_now()`,
    );
    await scene.settled();
    expect(await scene.eventsOf(id)).toEqual([
      { type: 'connection.revocation_failed', data: { name: 'stubborn', outcome: 'given_up', code: 'not_found' } },
    ]);
  } finally {
    await database.query(`update services set oauth_revocation_url = $1 where name = 'crm'`, [provider.revocationUrl]);
  }
});
