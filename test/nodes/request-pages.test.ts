import type { IDataObject } from 'n8n-workflow';

import { valueAt, withValueAt } from '../../nodes/OtobotApiRequest/json';
import { nextLink } from '../../nodes/OtobotApiRequest/link-header';
import { openStage } from './request-support';
import { ok, problem } from './support';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const urls = () => stage.api.received.map(({ url }) => url);
const numbers = async (parameters: IDataObject) => (await stage.execute({ parameters })).map(({ json }) => json.n);
const parameterOf = (url: string, name: string) => new URL(url, 'http://api').searchParams.get(name);
/** Entries 1 to 5, two to a page, from an index on. */
const from = (index: number) => [1, 2, 3, 4, 5].slice(index, index + 2).map((n) => ({ n }));

describe('all pages come', () => {
  test('by a Link header, absolute or relative', async () => {
    stage.reply = ({ url }) => {
      const page = Number(parameterOf(url, 'page') ?? 0);
      const target = page === 0 ? `${stage.api.url}/list?page=1` : '?page=2';
      return { body: from(page * 2), ...(page < 2 && { headers: { link: `<${target}>; rel="next"` } }) };
    };
    expect(await numbers({ url: '/list', pagination: 'linkHeader' })).toEqual([1, 2, 3, 4, 5]);
    expect(urls()).toEqual(['/list', '/list?page=1', '/list?page=2']);
  });

  test('by a URL in the answer, whose query is complete', async () => {
    stage.reply = ({ url }) => {
      const at = Number(parameterOf(url, 'at') ?? 0);
      return { body: { '@odata.nextLink': at < 4 ? `/list?top=2&at=${at + 2}` : undefined, value: from(at) } };
    };
    const query = { sendQuery: true, queryParameters: { parameters: [{ name: 'top', value: '2' }] } };
    const parameters = { url: '/list', ...query, pagination: 'nextUrl', nextUrlPath: '@odata.nextLink' };
    expect(await numbers({ ...parameters, options: { itemsPath: 'value' } })).toEqual([1, 2, 3, 4, 5]);
    expect(urls()).toEqual(['/list?top=2', '/list?top=2&at=2', '/list?top=2&at=4']);
  });

  test('by a cursor in the answer', async () => {
    stage.reply = ({ url }) => {
      const at = Number(parameterOf(url, 'after') ?? 0);
      return { body: { paging: { next: at < 4 ? { after: at + 2 } : '' }, results: from(at) } };
    };
    const parameters = { url: '/list?limit=2', pagination: 'cursor', cursorPath: 'paging.next.after' };
    const options = { itemsPath: 'results' };
    expect(await numbers({ ...parameters, pageParameter: 'after', options })).toEqual([1, 2, 3, 4, 5]);
    expect(urls()).toEqual(['/list?limit=2', '/list?limit=2&after=2', '/list?limit=2&after=4']);
  });

  test('by the ID of the last entry, until the answer says that there is no more', async () => {
    stage.reply = ({ url }) => {
      const at = Number(parameterOf(url, 'starting_after') ?? 0);
      return { body: { has_more: at < 4, data: from(at) } };
    };
    const parameters = { pagination: 'cursor', cursorPath: 'data[-1].n', morePath: 'has_more' };
    const options = { itemsPath: 'data' };
    expect(await numbers({ ...parameters, pageParameter: 'starting_after', options })).toEqual([1, 2, 3, 4, 5]);
    expect(stage.api.received).toHaveLength(3);
  });

  test('by a cursor that is sent in the JSON body', async () => {
    stage.reply = ({ body }) => {
      const { variables } = JSON.parse(body.toString()) as { variables: { after?: string } };
      const at = Number(variables.after ?? 0);
      return { body: { page: { end: String(at + 2), more: at < 4 }, list: from(at) } };
    };
    const body = { method: 'POST', sendBody: true, specifyBody: 'json', jsonBody: '{"query":"q","variables":{"n":1}}' };
    const cursor = { pagination: 'cursor', cursorPath: 'page.end', morePath: 'page.more' };
    const parameters = { ...body, ...cursor, pageParameter: 'variables.after', sendPageIn: 'body' };
    expect(await numbers({ ...parameters, options: { itemsPath: 'list' } })).toEqual([1, 2, 3, 4, 5]);
    expect(stage.api.received.map((request) => JSON.parse(request.body.toString()) as unknown)).toEqual([
      { query: 'q', variables: { n: 1 } },
      { query: 'q', variables: { n: 1, after: '2' } },
      { query: 'q', variables: { n: 1, after: '4' } },
    ]);
  });

  test('by their number, until one is empty', async () => {
    stage.reply = ({ url }) => ({ body: from(Number(parameterOf(url, 'page')) * 2) });
    const parameters = { pagination: 'page', pageParameter: 'page', firstPage: 0 };
    expect(await numbers({ url: '/list?page=9', ...parameters })).toEqual([1, 2, 3, 4, 5]);
    expect(urls()).toEqual(['/list?page=0', '/list?page=1', '/list?page=2', '/list?page=3']);
  });

  test('by an offset, until one is not full', async () => {
    stage.reply = ({ url }) => ({ body: { items: from(Number(parameterOf(url, 'offset'))) } });
    const parameters = { pagination: 'offset', pageParameter: 'offset', pageSize: 2, options: { itemsPath: 'items' } };
    expect(await numbers({ url: '/list', ...parameters })).toEqual([1, 2, 3, 4, 5]);
    expect(urls()).toEqual(['/list?offset=0', '/list?offset=2', '/list?offset=4']);
  });
});

test('each page has a grant of its own: a client suspended in between gets no further page', async () => {
  stage.grant = () => (stage.api.received.length < 2 ? ok(stage.grantOf('acme')) : problem(403, 'client_suspended'));
  stage.reply = (_request, earlier) => ({ body: [], headers: { link: `<?page=${earlier + 1}>; rel=next` } });
  const error = await stage.failure({ parameters: { pagination: 'linkHeader' } });
  expect((error as Error).message).toContain('is suspended');
  expect(stage.api.received).toHaveLength(2);
});

test('a page on another host is refused before anything is sent', async () => {
  stage.reply = () => ({ body: { next: 'https://evil.example/2' } });
  const error = await stage.failure({ parameters: { pagination: 'nextUrl', nextUrlPath: 'next' } });
  expect((error as Error).message).toContain('must not be sent to evil.example');
  expect(stage.api.received).toHaveLength(1);
});

test('the token that an API writes into the URL of the next page goes back to it, and into no item', async () => {
  stage.reply = (_request, earlier) =>
    earlier === 0 ? { body: { next: `${stage.api.url}/2?access_token=token-of-acme` } } : { body: { end: true } };
  const output = await stage.execute({ parameters: { pagination: 'nextUrl', nextUrlPath: 'next' } });
  expect(urls()[1]).toBe('/2?access_token=token-of-acme');
  expect(JSON.stringify(output)).not.toContain('token-of-acme');
});

test('a page that leads back to itself ends the run', async () => {
  stage.reply = () => ({ body: [{ n: 1 }], headers: { link: '</list?page=2>; rel="next"' } });
  const error = await stage.failure({ parameters: { url: '/list?page=2', pagination: 'linkHeader' } });
  expect((error as Error).message).toContain('The next page is the same one again');
});

test('more pages than the limit are left, and that is told', async () => {
  stage.reply = (_request, earlier) => ({
    body: [{ n: earlier }],
    headers: { link: `<?page=${earlier}>; rel="next"` },
  });
  const hints: string[] = [];
  const output = await stage.execute({ parameters: { pagination: 'linkHeader', maxPages: 3 }, hints });
  expect(output).toHaveLength(3);
  expect(hints[0]).toContain('There are more pages than 3');
});

test.each([
  [{ pagination: 'page', pageParameter: 'page' }, 'The answer holds no list'],
  [{ pagination: 'page', pageParameter: '' }, '"Page Parameter" is empty'],
  [{ pagination: 'cursor', cursorPath: '', pageParameter: 'after' }, 'The path under "Pagination" is empty'],
  [{ pagination: 'cursor', cursorPath: 'ok', pageParameter: 'a', sendPageIn: 'body' }, 'only where the body is JSON'],
])('a mistake in the settings is told: %j', async (parameters, sentence) => {
  stage.reply = () => ({ body: { ok: 'next' } });
  expect(((await stage.failure({ parameters })) as Error).message).toContain(sentence);
});

test.each([
  ['<https://a/?p=2>; rel="next"', 'https://a/?p=2'],
  ['<https://a/?p=1>; rel="prev", <https://a/?p=3>; rel="next"', 'https://a/?p=3'],
  ['<https://a/?f=x,y;z>; title="a, b"; rel=next', 'https://a/?f=x,y;z'],
  ['</2>; rel="last next"', '/2'],
  [['<https://a/1>; rel="first"', '<https://a/2>; rel="next"'], 'https://a/2'],
  ['<https://a/?p=2>; rel="prev"', null],
  ['<https://a/?p=2>; title="rel=next"; rel="last"', null],
  ['nonsense', null],
  [undefined, null],
])('the next page of %j', (header, target) => {
  expect(nextLink(header)).toBe(target);
});

test('a path finds own properties only, keys with dots, and entries from the end', () => {
  const json = { a: { 'b.c': 1, d: [{ e: 2 }, { e: 3 }] } };
  expect(
    ['a.b.c', 'a.d[0].e', 'a.d[-1].e', 'a.d[9].e', 'a.x.y', 'constructor', 'a.__proto__'].map((path) =>
      valueAt(json, path),
    ),
  ).toEqual([1, 2, 3, undefined, undefined, undefined, undefined]);
  expect(withValueAt({ a: 1, b: { c: 2 } }, 'b.d.e', 3)).toEqual({ a: 1, b: { c: 2, d: { e: 3 } } });
  expect(Object.getPrototypeOf(withValueAt({}, '__proto__.polluted', true))).toBe(Object.prototype);
});
