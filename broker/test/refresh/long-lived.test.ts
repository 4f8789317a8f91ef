import type { Renewal } from '../../src/types/dialect';
import { startProvider, type Provider } from '../support/provider';
import { until } from '../support/until';
import {
  addConnection,
  addReach,
  eventsOf,
  makeDue,
  outcomesOf,
  setScene,
  stored,
  tokensOf,
  type Added,
  type Scene,
} from './scene';

// Tokens without a refresh token: Meta's, which are exchanged for their successors, and those that can only be asked after.
let scene: Scene;
let thief: Provider;
beforeAll(async () => {
  scene = await setScene();
  thief = await startProvider();
});
afterAll(async () => {
  await thief.close();
  await scene.close();
});
afterEach(async () => {
  await scene.stopWorkers();
  await scene.db.query('update connections set next_refresh_at = null');
  scene.provider.reset();
  thief.reset();
});

const DAY = 86_400;
const place = (path: string): string => `${scene.provider.url}${path}`;
const RENEWED_AT: Record<Exclude<Renewal, 'check'>, string> = {
  fb_exchange_token: '/oauth/access_token',
  ig_refresh_token: '/refresh_access_token',
  th_refresh_token: '/refresh_access_token',
};
const EXCHANGES = Object.keys(RENEWED_AT) as Exclude<Renewal, 'check'>[];

/** A connection whose token is old enough, and lives for another two weeks. */
async function add(renewal: Renewal, columns: Record<string, unknown> = {}): Promise<Added & { service: string }> {
  const kind = 'long_lived';
  const refreshUrl = renewal === 'check' ? null : place(RENEWED_AT[renewal]);
  const reach = await addReach(scene, {
    kind,
    ...(refreshUrl === null ? {} : { refreshUrl }),
    columns: { verify_url: scene.provider.apiUrl, renewal, ...columns },
  });
  const added = await addConnection(scene, reach, { kind, expiresInSeconds: 14 * DAY });
  await scene.db.query(`update token_sets set created_at = created_at - interval '46 days' where connection_id = $1`, [
    added.id,
  ]);
  return { ...added, service: reach.service };
}
const ended = (id: string, ...outcomes: string[]) =>
  until(`attempts ended as ${outcomes.join()}`, async () => (await outcomesOf(scene, id)).join() === outcomes.join());
const everythingSaid = (): string => JSON.stringify(scene.lines);
async function everythingKept(): Promise<string> {
  const tables = ['connections', 'refresh_attempts', 'outbox'];
  const rows = await Promise.all(tables.map(async (table) => (await scene.db.query(`select * from ${table}`)).rows));
  return JSON.stringify(rows);
}

describe.each(EXCHANGES)('%s', (renewal) => {
  test('exchanges the token for its successor, which is kept as the next to be exchanged', async () => {
    scene.provider.behave({ minAgeMs: 0 });
    const { id, issued } = await add(renewal);
    await scene.worker();
    await ended(id, 'refreshed');
    const tokens = await tokensOf(scene, id);
    expect(tokens).toMatchObject({ generation: 2, refreshToken: tokens?.accessToken });
    expect(tokens?.accessToken).not.toBe(issued.accessToken);
    expect(scene.provider.accepts(tokens?.accessToken ?? '')).toBe(true);
    const [call] = scene.provider.calls;
    const secret = renewal === 'fb_exchange_token' ? scene.provider.clientSecrets[0] : null;
    expect(call).toMatchObject({ method: 'GET', clientSecret: secret });
    expect(call?.path.split('?')[0]).toBe(RENEWED_AT[renewal]);
    expect(call?.form.get('grant_type')).toBe(renewal);
    expect(call?.headers).not.toHaveProperty('referer');
    // 60 days, due when 15 % of them are left.
    const { next_in } = await stored(scene, id);
    expect(next_in).toBeGreaterThan(44 * DAY);
    expect(next_in).toBeLessThan(51 * DAY + 1);
  });

  test('leaves none of the secrets that stood in its query in logs, history and events, also where it fails', async () => {
    scene.provider.behave({ minAgeMs: 0 });
    const { id } = await add(renewal);
    scene.provider.next({ status: 400, body: { error: { message: 'm', type: 'OAuthException', code: 190 } } });
    await scene.worker();
    await ended(id, 'permanent');
    scene.provider.next('reset');
    await scene.db.query('update connections set next_refresh_at = otobot_now() where id = $1', [id]);
    await until('a second attempt has ended', async () => (await outcomesOf(scene, id))[1] != null);
    expect(everythingSaid() + (await everythingKept())).not.toMatch(/otbcanary|access_token\?|client_secret/);
  });

  test('is sent again after an uncertain end, since it uses nothing up', async () => {
    scene.provider.behave({ minAgeMs: 0 });
    const { id } = await add(renewal);
    scene.provider.next('process-then-reset');
    await scene.worker();
    await ended(id, 'uncertain');
    expect(await stored(scene, id)).toMatchObject({ status: 'uncertain' });
    expect((await stored(scene, id)).next_in).toBeLessThan(60);
    await makeDue(scene, id);
    await ended(id, 'uncertain', 'refreshed');
    expect(await stored(scene, id)).toMatchObject({ status: 'active', generation: 2 });
  });

  test('does not follow a redirect with its query', async () => {
    scene.provider.behave({ minAgeMs: 0 });
    const { id } = await add(renewal);
    scene.provider.next({ status: 302, headers: { location: thief.tokenUrl }, body: '' });
    await scene.worker();
    await ended(id, 'malformed');
    expect(thief.calls).toHaveLength(0);
  });

  test('with an expired token nothing is sent, and the client is told why he has to connect again', async () => {
    const { id } = await add(renewal);
    await scene.db.query(
      `update token_sets set expires_at = otobot_now() - interval '1 second' where connection_id = $1`,
      [id],
    );
    await scene.worker();
    await ended(id, 'unsent');
    expect(await stored(scene, id)).toMatchObject({
      ...{
        status: 'reauth_required',
        status_reason: 'expired',
        last_error_code: 'token_expired',
        next_refresh_at: null,
      },
    });
    expect(await eventsOf(scene, id)).toEqual(['connection.reauth_required']);
    expect(scene.provider.calls).toHaveLength(0);
  });

  test('a refused token is confirmed, and then the client has to connect again', async () => {
    scene.provider.behave({ minAgeMs: 0 });
    const { id, issued } = await add(renewal);
    scene.provider.revoke(issued.consent);
    await scene.worker();
    await ended(id, 'permanent');
    expect(await stored(scene, id)).toMatchObject({ status: 'backoff', permanent_code: 'oauthexception_190' });
    await scene.db.query('update connections set next_refresh_at = otobot_now(), not_before_at = null where id = $1', [
      id,
    ]);
    await ended(id, 'permanent', 'permanent');
    expect(await stored(scene, id)).toMatchObject({ status: 'reauth_required', status_reason: 'revoked' });
  });

  test.each(['refresh_url', 'oauth_token_url'])('%s rewritten in the database: nothing is sent', async (column) => {
    const { id, service } = await add(renewal);
    await scene.db.query(`update services set ${column} = $2 where name = $1`, [service, thief.tokenUrl]);
    await scene.worker();
    await ended(id, 'unsent');
    expect(await stored(scene, id)).toMatchObject({ status: 'backoff', status_reason: 'integrity', generation: 1 });
    expect([thief.calls, scene.provider.calls]).toEqual([[], []]);
  });
});

test.each(['ig_refresh_token', 'th_refresh_token'] as const)(
  '%s: a token that is too young is not sent before it is old enough, however often it is asked for',
  async (renewal) => {
    const { id } = await add(renewal, { min_age_seconds: DAY });
    await scene.db.query(
      `update token_sets set created_at = otobot_now() - interval '23 hours' where connection_id = $1`,
      [id],
    );
    await scene.worker();
    await ended(id, 'unsent');
    const waiting = await stored(scene, id);
    expect(waiting).toMatchObject({ status: 'active', failure_count: 0, last_error_code: null });
    expect(waiting.next_in).toBeGreaterThan(3_500);
    expect(waiting.next_in).toBeLessThan(3_601);
    expect(waiting.not_before_at).toEqual(waiting.next_refresh_at);
    expect(scene.provider.calls).toHaveLength(0);
    await scene.db.query(
      `update token_sets set created_at = otobot_now() - interval '25 hours' where connection_id = $1`,
      [id],
    );
    scene.provider.behave({ minAgeMs: 0 });
    await makeDue(scene, id);
    await ended(id, 'unsent', 'refreshed');
  },
);

test('a client secret that Meta refuses is answered with the next one', async () => {
  const [first = '', second = ''] = scene.provider.clientSecrets;
  const reach = await addReach(scene, {
    kind: 'long_lived',
    clientSecrets: ['retired', second],
    refreshUrl: place('/oauth/access_token'),
    columns: { renewal: 'fb_exchange_token' },
  });
  const { id } = await addConnection(scene, reach, { kind: 'long_lived', expiresInSeconds: 14 * DAY });
  scene.provider.next({
    status: 400,
    body: { error: { message: 'Error validating client secret.', type: 'OAuthException', code: 1 } },
  });
  await scene.worker();
  await ended(id, 'refreshed');
  expect(scene.provider.calls.map(({ clientSecret }) => clientSecret)).toEqual(['retired', second]);
  expect(first).not.toBe(second);
});

describe('a token that is only asked after', () => {
  const addChecked = async (): ReturnType<typeof add> => {
    const added = await add('check');
    await scene.db.query('update token_sets set expires_at = null where connection_id = $1', [added.id]);
    return added;
  };

  test('stays as it is while it works, and is asked after again a day later', async () => {
    const { id, issued } = await addChecked();
    await scene.worker();
    await ended(id, 'alive');
    const now = await stored(scene, id);
    expect(now).toMatchObject({ status: 'active', generation: 1, failure_count: 0 });
    expect(now.next_in).toBeGreaterThan(0.9 * DAY - 60);
    expect(now.next_in).toBeLessThan(DAY + 1);
    expect((await tokensOf(scene, id))?.accessToken).toBe(issued.accessToken);
    expect(await eventsOf(scene, id)).toEqual([]);
    expect(scene.provider.calls).toHaveLength(0);
  });

  test('is asked after once more before anybody is told that it was revoked', async () => {
    const { id, issued } = await addChecked();
    scene.provider.revoke(issued.consent);
    await scene.worker();
    await ended(id, 'permanent');
    expect(await stored(scene, id)).toMatchObject({ status: 'backoff', failure_count: 1 });
    await scene.db.query('update connections set next_refresh_at = otobot_now(), not_before_at = null where id = $1', [
      id,
    ]);
    await ended(id, 'permanent', 'permanent');
    expect(await stored(scene, id)).toMatchObject({ status: 'reauth_required', status_reason: 'revoked' });
    expect(await eventsOf(scene, id)).toEqual(['connection.refresh_failed', 'connection.reauth_required']);
  });

  test('that is refused once and taken the next time has recovered', async () => {
    const { id } = await addChecked();
    await scene.db.query(
      `update connections set permanent_code = 'http_401', status = 'backoff', failure_count = 1 where id = $1`,
      [id],
    );
    await scene.worker();
    await ended(id, 'alive');
    expect(await stored(scene, id)).toMatchObject({ status: 'active', permanent_code: null, failure_count: 0 });
    expect(await eventsOf(scene, id)).toEqual(['connection.recovered']);
  });

  test('is sent to no other place than those that it is sealed for', async () => {
    const { id, service } = await addChecked();
    await scene.db.query('update services set verify_url = $2 where name = $1', [service, thief.apiUrl]);
    await scene.worker();
    await ended(id, 'unsent');
    expect(await stored(scene, id)).toMatchObject({ status: 'backoff', status_reason: 'integrity', generation: 1 });
    expect(await eventsOf(scene, id)).toEqual(['connection.integrity']);
  });
});

test('a long-lived token of a service without a renewal is left alone', async () => {
  const reach = await addReach(scene, { kind: 'long_lived' });
  const { id } = await addConnection(scene, reach, { kind: 'long_lived' });
  await scene.worker();
  await ended(id, 'unsent');
  expect(await stored(scene, id)).toMatchObject({ status: 'active', next_refresh_at: null, failure_count: 0 });
  expect(scene.provider.calls).toHaveLength(0);
});
