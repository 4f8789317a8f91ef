import type { Tx } from '../../../db/database';
import { fetchRows, openRows, type PresentRow } from '../../../repositories/audit-seals';

export interface RowReader {
  /** Hands on every row that is left up to this batch, in their order. */
  upTo(batch: number, each: (row: PresentRow) => void): Promise<void>;
}

const PAGE = 5_000;

/** Reads the audit in its order in pages, the next one while the last is looked at. `after` null: from its very beginning. */
export async function readRows(tx: Tx, after: number | null): Promise<RowReader> {
  await openRows(tx, after);
  const nextPage = (): Promise<PresentRow[]> => {
    const page = fetchRows(tx, PAGE);
    page.catch(() => undefined); // told to whoever awaits it, and perhaps nobody does any more
    return page;
  };
  let coming = nextPage();
  let page: PresentRow[] = [];
  let at = 0;
  return {
    async upTo(batch, each) {
      for (;;) {
        for (; at < page.length; at++) {
          const row = page[at] as PresentRow;
          if (row.batch > batch) return;
          each(row);
        }
        page = await coming;
        at = 0;
        if (page.length === 0) return;
        coming = nextPage();
      }
    },
  };
}
