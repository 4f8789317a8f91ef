import { BrokerError } from '../shared/broker-error';
import { invalid, type ApiCall } from './call';
import type { ApiAnswer } from './dispatch';
import { valueAt } from './json-path';
import { nextLink } from './link-header';
import { jsonIn } from './response';

export interface PaginationSettings {
  mode: 'off' | 'linkHeader' | 'nextUrl' | 'cursor' | 'page' | 'offset';
  /** Where the answer says what comes next: the URL, or the cursor. */
  nextPath: string;
  /** Name of the query parameter that asks for a page: cursor, number or offset. */
  parameter: string;
  /** Number of the first page, or the first offset. */
  first: number;
  /** Fewer items than this on a page: it is the last one. 0: the last one is empty. */
  pageSize: number;
  maxPages: number;
  itemsPath: string;
}

/** A page that was fetched, and how many there were before it. */
interface Page {
  call: ApiCall;
  answer: ApiAnswer;
  index: number;
  itemsBefore: number;
}

type Next = (page: Page, settings: PaginationSettings) => ApiCall | null;

const NEXT: Record<PaginationSettings['mode'], Next> = {
  off: () => null,
  linkHeader: ({ call, answer }) => follow(call, nextLink(answer.headers.link), answer),
  nextUrl: ({ call, answer }, { nextPath }) => follow(call, told(answer, nextPath), answer),
  cursor: ({ call, answer }, { nextPath, parameter }) => {
    const cursor = told(answer, nextPath);
    return cursor === null ? null : asking(call, parameter, cursor);
  },
  page: (page, settings) => {
    if (isLast(page, settings)) return null;
    return asking(page.call, settings.parameter, settings.first + page.index + 1);
  },
  offset: (page, settings) => {
    const count = isLast(page, settings) ? null : countItems(page.answer, settings.itemsPath);
    return count === null ? null : asking(page.call, settings.parameter, settings.first + page.itemsBefore + count);
  },
};

/**
 * All pages of a call, one after the other.
 *
 * @param fetch one call; throws for an answer that is an error
 * @throws BrokerError when a page leads back to itself, which would never end
 */
export async function* pagesOf(
  call: ApiCall,
  fetch: (call: ApiCall) => Promise<ApiAnswer>,
  settings: PaginationSettings,
): AsyncGenerator<ApiAnswer> {
  let next: ApiCall | null = firstCall(call, settings);
  let itemsBefore = 0;
  for (let index = 0; next !== null && index < settings.maxPages; index++) {
    const answer = await fetch(next);
    yield answer;
    const page: Page = { call: next, answer, index, itemsBefore };
    itemsBefore += countItems(answer, settings.itemsPath) ?? 0;
    next = NEXT[settings.mode](page, settings);
    if (next !== null && isSame(next, page.call)) {
      throw new BrokerError(`The next page is the same one again: ${answer.url.origin}${answer.url.pathname}`, {
        reasonCode: 'pagination_loop',
        description: 'Check the settings under "Pagination".',
      });
    }
  }
}

function firstCall(call: ApiCall, { mode, parameter, first }: PaginationSettings): ApiCall {
  return mode === 'page' || mode === 'offset' ? asking(call, parameter, first) : call;
}

/** The query of a next URL is complete: ours is in it already. */
function follow(call: ApiCall, next: string | null, { url }: ApiAnswer): ApiCall | null {
  if (next === null) return null;
  if (!URL.canParse(next, url.href)) throw invalid(`The next page is no URL: ${next.slice(0, 200)}`);
  return { ...call, url: new URL(next, url).href, query: [] };
}

function asking(call: ApiCall, parameter: string, value: string | number): ApiCall {
  if (parameter === '') throw invalid('"Parameter" under "Pagination" is empty: it names what asks for the next page');
  return { ...call, query: [...call.query.filter(([name]) => name !== parameter), [parameter, String(value)]] };
}

function isLast({ answer }: Page, { itemsPath, pageSize }: PaginationSettings): boolean {
  const count = countItems(answer, itemsPath);
  if (count === null) {
    throw invalid('The answer holds no list, so its pages cannot be counted: set "Items Path" to where the list is');
  }
  return count === 0 || count < pageSize;
}

/** The URL or the cursor that an answer names; null at the end. */
function told(answer: ApiAnswer, path: string): string | null {
  const value = path === '' ? null : valueAt(jsonIn(answer), path);
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : null;
}

/** How many items a page holds; null where there is no list. */
function countItems(answer: ApiAnswer, itemsPath: string): number | null {
  const list = valueAt(jsonIn(answer), itemsPath);
  return Array.isArray(list) ? list.length : null;
}

function isSame(one: ApiCall, other: ApiCall): boolean {
  return one.url === other.url && JSON.stringify(one.query) === JSON.stringify(other.query);
}
