/** A node of a plan, with what it did. See `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)` in PostgreSQL's manual. */
export interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows'?: number;
  'Rows Removed by Filter'?: number;
  'Actual Loops': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: PlanNode[];
}

export function telling(databaseUrl: string): string;
export function planIn(notice: { message?: string | undefined }): PlanNode | null;
export function buffersOf(plan: PlanNode): number;
export function nodesOf(plan: PlanNode): PlanNode[];
