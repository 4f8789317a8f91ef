import { BrokerError } from '../shared/broker-error';
import { invalid, type ApiCall } from './call';
import type { ApiAnswer } from './dispatch';
import { parsedJson, valueAt, withValueAt } from './json';
import { nextLink } from './link-header';
import { jsonIn } from './response';
import { hideIn } from './secrets';

export interface PaginationSettings {
  mode: 'off' | 'linkHeader' | 'nextUrl' | 'cursor' | 'page' | 'offset';
  /** Where the answer says what comes next: the URL, or the cursor. */
  nextPath: string;
  /** Where it says whether anything comes next; empty: it does not say so. */
  morePath: string;
  /** What asks for a page: cursor, number or offset. A name in the query, or a path in the JSON body. */
  parameter: string;
  sendIn: 'query' | 'body';
  /** Number of the first page, or the first offset. */
  first: number;
  /** Fewer items than this on a page: it is the last one. 0: the last one is empty. */
  pageSize: number;
  maxPages: number;
  itemsPath: string;
}

/** A page that was fetched, and what came before it. */
interface Page {
  call: ApiCall;
  answer: ApiAnswer;
  json: unknown;
  pagesBefore: number;
  itemsBefore: number;
}

type Next = (page: Page, settings: PaginationSettings) => ApiCall | null;

const NEXT: Record<Exclude<PaginationSettings['mode'], 'off'>, Next> = {
  linkHeader: ({ call, answer }) => follow(call, nextLink(answer.headers.link), answer),
  nextUrl: ({ call, answer, json }, { nextPath }) => follow(call, told(json, nextPath), answer),
  cursor: ({ call, json }, settings) => {
    const cursor = told(json, settings.nextPath);
    return cursor === null ? null : asking(call, settings, cursor);
  },
  page: ({ call, json, pagesBefore }, settings) =>
    isLast(json, settings) ? null : asking(call, settings, settings.first + pagesBefore + 1),
  offset: ({ call, json, itemsBefore }, settings) =>
    isLast(json, settings) ? null : asking(call, settings, itemsBefore + countItems(json, settings)),
};

/**
 * All pages of a call, one after the other, up to `maxPages`.
 *
 * @param fetch one call; throws for an answer that is an error
 * @param onMore called when there are more pages than that
 * @throws BrokerError when a page leads back to itself, which would never end
 */
export async function* pagesOf(
  call: ApiCall,
  settings: PaginationSettings,
  { fetch, onMore }: { fetch: (call: ApiCall) => Promise<ApiAnswer>; onMore: () => void },
): AsyncGenerator<ApiAnswer> {
  let next: ApiCall | null = firstCall(call, settings);
  let itemsBefore = 0;
  for (let pagesBefore = 0; next !== null && pagesBefore < settings.maxPages; pagesBefore++) {
    const answer = await fetch(next);
    yield answer;
    if (settings.mode === 'off') return;
    const page: Page = { call: next, answer, json: jsonIn(answer), pagesBefore, itemsBefore };
    next = valueAt(page.json, settings.morePath) === false ? null : NEXT[settings.mode](page, settings);
    if (next !== null && isSame(next, page.call)) throw goesRound(answer);
    if (settings.mode === 'offset' && next !== null) itemsBefore += countItems(page.json, settings);
  }
  if (next !== null) onMore();
}

function firstCall(call: ApiCall, settings: PaginationSettings): ApiCall {
  return settings.mode === 'page' || settings.mode === 'offset' ? asking(call, settings, settings.first) : call;
}

/** The query of a next URL is complete: ours is in it already. */
function follow(call: ApiCall, next: string | null, { url, secrets }: ApiAnswer): ApiCall | null {
  if (next === null) return null;
  if (!URL.canParse(next, url.href)) throw invalid(`The next page is no URL: ${hideIn(next, secrets).slice(0, 200)}`);
  return { ...call, url: new URL(next, url).href, query: [] };
}

function asking(call: ApiCall, { parameter, sendIn }: PaginationSettings, value: string | number): ApiCall {
  if (parameter === '') throw invalid('"Page Parameter" is empty: it names what asks for the next page');
  if (sendIn === 'query') {
    return { ...call, query: [...call.query.filter(([name]) => name !== parameter), [parameter, String(value)]] };
  }
  const json = call.body === null ? undefined : parsedJson(call.body.content.toString());
  if (json === undefined) throw invalid('A page can be asked for in the body only where the body is JSON');
  const content = Buffer.from(JSON.stringify(withValueAt(json, parameter, value)));
  return { ...call, body: { contentType: 'application/json', content } };
}

function isLast(json: unknown, settings: PaginationSettings): boolean {
  const count = countItems(json, settings);
  return count === 0 || count < settings.pageSize;
}

function countItems(json: unknown, { itemsPath }: PaginationSettings): number {
  const list = valueAt(json, itemsPath);
  if (Array.isArray(list)) return list.length;
  // Some APIs leave an empty list out.
  if (itemsPath !== '' && (list === undefined || list === null)) return 0;
  throw invalid('The answer holds no list, so its pages cannot be counted: set "Items Path" to where the list is');
}

/** The URL or the cursor that an answer names; null at the end. */
function told(json: unknown, path: string): string | null {
  if (path === '') throw invalid('The path under "Pagination" is empty: it says where the answer names the next page');
  const value = valueAt(json, path);
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : null;
}

function isSame(one: ApiCall, other: ApiCall): boolean {
  const written = ({ url, query, body }: ApiCall) => JSON.stringify([url, query, body?.content.toString('base64')]);
  return written(one) === written(other);
}

function goesRound({ url, secrets }: ApiAnswer): BrokerError {
  const where = hideIn(`${url.origin}${url.pathname}`, secrets);
  return new BrokerError(`The next page is the same one again: ${where}`, {
    reasonCode: 'pagination_loop',
    description: 'Check the settings under "Pagination".',
  });
}
