import { z } from 'zod';
import { Problem } from '../errors/problem';

export interface PageRequest {
  /** How many items at most. */
  limit: number;
  /** nextCursor of the previous page. */
  cursor?: string | undefined;
}

/** Of a list that can be searched. */
export interface SearchedPageRequest extends PageRequest {
  /** Part of what it is called, in any case. */
  search?: string | undefined;
}

export interface Page<Item> {
  items: Item[];
  /** null: this was the last page. */
  nextCursor: string | null;
}

/** Where the previous page ended; null: from the beginning. Throws Problem `invalid_request` for what is no cursor of this list. */
export function positionOf<Position>(cursor: string | undefined, position: z.ZodType<Position>): Position | null {
  if (cursor === undefined) return null;
  const parsed = position.safeParse(decoded(cursor));
  if (parsed.success) return parsed.data;
  throw new Problem('invalid_request', 'cursor: is not the nextCursor of a page of this list. Begin again without it.');
}

/** Makes a page from up to `limit` + 1 rows: one more than asked for tells that there is a next page. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  { position, show }: { position: (row: Row) => unknown; show: (row: Row) => Item },
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const isLastPage = rows.length <= limit || last === undefined;
  return { items: shown.map(show), nextCursor: isLastPage ? null : encodedPosition(position(last)) };
}

/** A position as callers get it and send it back. */
export const encodedPosition = (position: unknown): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

function decoded(cursor: string): unknown {
  if (!/^[\w-]{1,500}$/.test(cursor)) return undefined;
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}
