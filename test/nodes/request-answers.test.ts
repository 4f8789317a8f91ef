import type { IDataObject } from 'n8n-workflow';

import { HIDDEN } from '../../nodes/OtobotApiRequest/secrets';
import { binaryOf, openStage, type ApiReply } from './request-support';
import { ok } from './support';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const response = (settings: IDataObject) => ({ options: { response: { response: settings } } });
async function itemsFrom(reply: ApiReply, parameters: IDataObject = {}) {
  stage.reply = () => reply;
  return (await stage.execute({ parameters })).map(({ json, binary }) => (binary ? { json, binary } : json));
}
const text = (body: string | Buffer, type: string): ApiReply => ({ body, headers: { 'content-type': type } });

describe('what becomes of an answer', () => {
  test.each([
    ['an object', { body: { a: 1 } }, [{ a: 1 }]],
    ['a list of objects', { body: [{ a: 1 }, { a: 2 }] }, [{ a: 1 }, { a: 2 }]],
    ['a list of values', { body: [1, null] }, [{ data: 1 }, { data: null }]],
    ['an empty list', { body: [] }, []],
    ['a value', text('true', 'application/json'), [{ data: true }]],
    ['nothing', { status: 204 }, [{}]],
    ['a text', text('hello', 'text/plain; charset=utf-8'), [{ data: 'hello' }]],
    ['a text in Latin-1', text(Buffer.from('caf\xe9', 'latin1'), 'text/plain; charset=iso-8859-1'), [{ data: 'café' }]],
    ['a text in no known charset', text('hello', 'text/plain; charset=none-such'), [{ data: 'hello' }]],
    ['JSON of a kind', text('{"a":1}', 'application/hal+json'), [{ a: 1 }]],
    ['JSON that is none', text('{"a":', 'application/json'), [{ data: '{"a":' }]],
    ['XML', text('<a/>', 'application/atom+xml'), [{ data: '<a/>' }]],
  ])('%s', async (_what, reply, items) => {
    expect(await itemsFrom(reply)).toEqual(items);
  });

  test('a list somewhere in it, whole or split', async () => {
    const reply = { body: { data: { items: [{ n: 1 }, { n: 2 }] } } };
    expect(await itemsFrom(reply, { options: { itemsPath: 'data.items' } })).toEqual([{ n: 1 }, { n: 2 }]);
    const whole = await itemsFrom(reply, { options: { itemsPath: 'data.items', splitIntoItems: false } });
    expect(whole).toEqual([{ data: [{ n: 1 }, { n: 2 }] }]);
  });

  test('a list of many thousands', async () => {
    const list = Array.from({ length: 150_000 }, (_, n) => ({ n }));
    expect(await itemsFrom({ body: list })).toHaveLength(150_000);
  });

  test('status and headers beside the body, without the cookies of the API', async () => {
    const headers = { 'x-limit': '7', 'set-cookie': 'session=abcdefgh' };
    const [item] = await itemsFrom({ status: 201, body: { a: 1 }, headers }, response({ fullResponse: true }));
    expect(item).toMatchObject({
      statusCode: 201,
      statusMessage: 'Created',
      body: { a: 1 },
      headers: { 'x-limit': '7' },
    });
    expect(JSON.stringify(item)).not.toContain('abcdefgh');
  });

  test('an error status, where it is to be an answer like any other', async () => {
    const [item] = await itemsFrom(
      { status: 404, body: { message: 'gone' } },
      response({ neverError: true, fullResponse: true }),
    );
    expect(item).toMatchObject({ statusCode: 404, body: { message: 'gone' } });
  });

  test('JSON that was asked for and did not come is an error', async () => {
    stage.reply = () => text('<html>', 'text/html');
    const error = await stage.failure({ parameters: response({ responseFormat: 'json' }) });
    expect((error as Error).message).toContain('answered 200 OK, but not with JSON');
  });
});

describe('a file', () => {
  const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255]);

  test.each([
    ['the header', { 'content-disposition': 'attachment; filename="a b.png"' }, 'a b.png'],
    ['the header, encoded', { 'content-disposition': "attachment; filename*=UTF-8''caf%C3%A9.png" }, 'café.png'],
    ['the header, without folders', { 'content-disposition': 'attachment; filename="../../etc/passwd"' }, 'passwd'],
    ['the URL, without its query', {}, 'picture 1.png'],
  ])('has its name from %s', async (_where, headers, fileName) => {
    const reply = { body: PNG, headers: { 'content-type': 'image/png', ...headers } };
    const [item] = await itemsFrom(reply, { url: '/files/picture%201.png?signature=abc' });
    expect(item).toEqual({ json: {}, binary: { data: binaryOf(PNG, fileName, 'image/png') } });
  });

  test('is put where it is wanted, also when it is a text', async () => {
    const reply = text('a;b', 'text/csv');
    const settings = response({ responseFormat: 'file', outputPropertyName: 'csv' });
    const [item] = await itemsFrom(reply, { url: '/list.csv', ...settings });
    expect(item).toMatchObject({ binary: { csv: { fileName: 'list.csv', mimeType: 'text/csv' } } });
  });
});

describe('an API that repeats the credential', () => {
  const basic = Buffer.from('user:pass"word').toString('base64');

  test.each([
    ['in JSON', { body: { seen: 'Bearer token-of-acme', deep: [{ 'token-of-acme': 1 }] } }],
    ['in a text', text('token=token-of-acme', 'text/plain')],
    ['in a header', { body: {}, headers: { 'x-seen': 'token-of-acme' } }],
    ['in an error', { status: 500, body: { error: 'token-of-acme' } }],
  ])('%s: it is hidden', async (_where, reply) => {
    const [item] = await itemsFrom(reply, response({ fullResponse: true, neverError: true }));
    expect(JSON.stringify(item)).not.toContain('token-of-acme');
    expect(JSON.stringify(item)).toContain(HIDDEN);
  });

  test('in any form in which it was sent: it is hidden', async () => {
    const headers = { Authorization: `Basic ${basic}` };
    stage.grant = () => ok(stage.grantOf('acme', { accessToken: undefined, password: 'pass"word', headers }));
    const [item] = await itemsFrom({ body: { a: basic, b: 'pass"word', c: 'pass%22word' } });
    expect(item).toEqual({ a: HIDDEN, b: HIDDEN, c: HIDDEN });
  });

  test('in JSON that writes characters in another way: it is hidden', async () => {
    stage.grant = () => ok(stage.grantOf('acme', { accessToken: 'token/of=acme', headers: {} }));
    const echo = String.raw`{"seen":"token\/of\u003dacme","other":"a\/b"}`;
    expect(await itemsFrom(text(echo, 'application/json'))).toEqual([{ seen: HIDDEN, other: 'a/b' }]);
  });

  test('as the next page, which it is not: it is hidden in the error', async () => {
    stage.reply = (_request, earlier) =>
      earlier === 0 ? { body: { seen: 'token-of-acme' } } : { status: 404, body: {} };
    const error = await stage.failure({ parameters: { pagination: 'nextUrl', nextUrlPath: 'seen' } });
    expect(error).toMatchObject({ description: `${stage.api.url}/${HIDDEN}` });
    expect(stage.api.received[1]?.url).toBe('/token-of-acme');
  });

  test('in a file: it is not passed on', async () => {
    stage.reply = () => text('\0token-of-acme', 'application/octet-stream');
    const error = await stage.failure();
    expect((error as Error).message).toContain('a file that contains the credential itself');
  });

  test('a secret so short that it would be found everywhere is left alone', async () => {
    stage.grant = () => ok(stage.grantOf('acme', { token: 'abc' }));
    expect(await itemsFrom({ body: { letters: 'abcdef' } })).toEqual([{ letters: 'abcdef' }]);
  });
});

describe('what the API says about an error', () => {
  test.each([
    [{ error: { message: 'one', code: 1 } }, 'one'],
    [{ error: 'invalid', error_description: 'two' }, 'two'],
    [{ errors: [{ detail: 'three' }] }, 'three'],
    [{ title: 'four', status: 400 }, 'four'],
    [{ ok: false, error: 'not_authed' }, 'not_authed'],
  ])('%j', async (body, sentence) => {
    stage.reply = () => ({ status: 400, body });
    expect(((await stage.failure()) as Error).message).toBe(`127.0.0.1 answered 400 Bad Request: ${sentence}`);
  });

  test.each([
    ['plain text', ': plain text'],
    ['<html><body>Bad</body></html>', ''],
    ['', ''],
  ])('%j', async (body, end) => {
    stage.reply = () => text(body, 'text/html');
    stage.reply = () => ({ ...text(body, 'text/html'), status: 400 });
    expect(((await stage.failure()) as Error).message).toBe(`127.0.0.1 answered 400 Bad Request${end}`);
  });
});
