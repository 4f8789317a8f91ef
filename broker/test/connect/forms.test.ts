import { headingOf, outcomeOf, type Going } from './browser';
import { connectionsOf, statusOf } from './journey';
import { linkFor, must, setScene, type Invited, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
  const verifyUrl = scene.desk.checkUrl;
  const services = [
    { name: 'keyed', displayName: 'Keyed', oauthType: 'api_key', verifyUrl },
    { name: 'basic', displayName: 'Basic', oauthType: 'basic', verifyUrl },
    { name: 'unchecked', displayName: 'Keyed', oauthType: 'api_key' },
  ];
  for (const body of services) await must(scene.ask('POST /v1/services', { body }));
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.desk.calls.length = 0;
  scene.desk.answer({ status: 200 });
});

const KINDS = [
  ['keyed', { apiKey: 'otbcanary-key-1' }, 'Bearer otbcanary-key-1'],
  [
    'basic',
    { username: 'ann', password: ' otbcanary pass:word ' },
    `Basic ${Buffer.from('ann: otbcanary pass:word ').toString('base64')}`,
  ],
] as const;
const hand = (link: Invited, fields: Record<string, string>, options?: Going) =>
  scene.browser().submit(link.path, fields, options);
const untouched = async (link: Invited): Promise<void> => {
  expect([await statusOf(scene, link), await connectionsOf(scene, link.clientId)]).toEqual(['open', []]);
};

describe.each(KINDS)('service %s', (service, fields, authorization) => {
  test('has a form on its page, which a scanner may open', async () => {
    const link = await scene.invite({ service });
    for (const method of ['HEAD', 'GET']) {
      const seen = await scene.browser().go(link.path, { method });
      expect([seen.status, seen.headers.get('content-security-policy')]).toEqual([
        200,
        expect.stringContaining("form-action 'self';"),
      ]);
    }
    await untouched(link);
  });

  test('takes what was handed in after a check, seals it, and uses the link up', async () => {
    const link = await scene.invite({ service });
    const seen = await hand(link, { ...fields });
    expect([seen.status, outcomeOf(seen), seen.leadsTo]).toEqual([200, 'connected', null]);
    expect(scene.desk.calls).toEqual([{ path: '/check', authorization }]);
    expect((await scene.ask(`GET /v1/credentials/${link.clientId}/${service}`)).json).toMatchObject(fields);
    expect(await statusOf(scene, link)).toBe('used');
    const again = await hand(link, { ...fields });
    expect([again.status, outcomeOf(again), scene.desk.calls.length]).toEqual([410, 'link_used', 1]);
  });

  test('refuses what is missing without a check, and says so in the form', async () => {
    const link = await scene.invite({ service });
    for (const name of Object.keys(fields)) {
      for (const left of ['', undefined]) {
        const given: Record<string, string> = { ...fields };
        if (left === undefined) Reflect.deleteProperty(given, name);
        else given[name] = left;
        const seen = await hand(link, given);
        expect([seen.status, outcomeOf(seen)]).toEqual([422, null]);
        expect(seen.html).toContain('aria-invalid="true"');
        expect(seen.html).not.toContain('otbcanary');
      }
    }
    expect(scene.desk.calls).toEqual([]);
    await untouched(link);
  });

  test.each([
    ['401', { status: 401 }, 422],
    ['400', { status: 400 }, 422],
    ['500', { status: 500 }, 503],
    ['429', { status: 429 }, 503],
    ['404', { status: 404 }, 503],
    ['a redirect', { status: 302 }, 503],
    ['nothing', 'reset' as const, 503],
  ])('whose check answers %s stores nothing, repeats nothing, and may be tried again', async (_what, reply, status) => {
    const link = await scene.invite({ service });
    scene.desk.answer(reply);
    const seen = await hand(link, { ...fields });
    expect([seen.status, outcomeOf(seen)]).toEqual([status, null]);
    for (const secret of ['otbcanary', 'value="ann"']) expect(seen.html).not.toContain(secret);
    await untouched(link);
    scene.desk.answer({ status: 200 });
    expect(outcomeOf(await hand(link, { ...fields }))).toBe('connected');
  });

  test('by two submits at the same moment is connected once', async () => {
    const link = await scene.invite({ service });
    const outcomes = (await Promise.all([hand(link, { ...fields }), hand(link, { ...fields })])).map(outcomeOf);
    expect(outcomes.sort()).toEqual(['connected', 'link_used']);
    expect(await connectionsOf(scene, link.clientId)).toMatchObject([{ generation: 1 }]);
  });

  test('handed in again by another link keeps the connection and its id', async () => {
    const link = await scene.invite({ service });
    await hand(link, { ...fields });
    const [before] = await connectionsOf(scene, link.clientId);
    await hand(await linkFor(scene.ask, { clientId: link.clientId, service }), { ...fields });
    expect(await connectionsOf(scene, link.clientId)).toMatchObject([{ id: before?.id, generation: 2 }]);
  });
});

test('a key that is known but may not do just this is a key', async () => {
  scene.desk.answer({ status: 403 });
  expect(outcomeOf(await hand(await scene.invite({ service: 'keyed' }), { apiKey: 'otbcanary-narrow' }))).toBe(
    'connected',
  );
});

test('a service without a check takes the key as it is', async () => {
  const link = await scene.invite({ service: 'unchecked' });
  expect(outcomeOf(await hand(link, { apiKey: ' otbcanary-as-it-is\r\n' }))).toBe('connected');
  const { json } = await scene.ask(`GET /v1/credentials/${link.clientId}/unchecked`);
  expect([json.apiKey, scene.desk.calls]).toEqual(['otbcanary-as-it-is', []]);
});

test.each(['two words', 'line\nbreak: yes', 'naïve', 'nul\0', '\u2028'])(
  'the key %j, which no header carries, is refused in the form without a check',
  async (apiKey) => {
    const link = await scene.invite({ service: 'keyed' });
    const seen = await hand(link, { apiKey: `a${apiKey}b` });
    expect([seen.status, scene.desk.calls]).toEqual([422, []]);
    await untouched(link);
  },
);

test('a user name with a colon, which would cut the password, is refused', async () => {
  const link = await scene.invite({ service: 'basic' });
  expect((await hand(link, { username: 'a:b', password: 'c' })).status).toBe(422);
  await untouched(link);
});

const form = (text: string, type = 'application/x-www-form-urlencoded', more = {}): Going => ({
  method: 'POST',
  body: text,
  headers: { 'content-type': type, ...more },
});
test.each([
  ['over the limit', form(`apiKey=${'k'.repeat(40_000)}`)],
  ['as JSON', form('{"apiKey":"otbcanary-k"}', 'application/json')],
  [
    'as multipart',
    form('--b\r\ncontent-disposition: form-data; name="apiKey"\r\n\r\nk\r\n--b--', 'multipart/form-data; boundary=b'),
  ],
  ['of no type', form('apiKey=k', 'text/plain')],
  ['said to be compressed', form('apiKey=k', undefined, { 'content-encoding': 'gzip' })],
  ['in another alphabet', form('apiKey=k', 'application/x-www-form-urlencoded; charset=utf-16')],
  ['with the field twice', form('apiKey=a&apiKey=b')],
  ['with the field as an object', form('apiKey[a]=b')],
  ['with names that JavaScript knows', form('__proto__[apiKey]=a&constructor=b&toString=c')],
])('a body %s is answered by the form, 422, and stores nothing', async (_what, going) => {
  const link = await scene.invite({ service: 'keyed' });
  const seen = await scene.browser().go(link.path, going);
  expect([seen.status, headingOf(seen)]).toEqual([422, expect.stringContaining('Keyed')]);
  expect(scene.desk.calls).toEqual([]);
  await untouched(link);
});

test('fields that the form does not have are ignored', async () => {
  const link = await scene.invite({ service: 'keyed' });
  const more = { clientId: 'client-1', service: 'basic', action: '/evil', returnUrl: '//evil' };
  const seen = await hand(link, { apiKey: 'otbcanary-k', ...more });
  expect([outcomeOf(seen), seen.html.includes('evil')]).toEqual(['connected', false]);
  expect(await connectionsOf(scene, link.clientId)).toMatchObject([{ service: 'keyed' }]);
});
