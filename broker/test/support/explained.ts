import { connectSession, type DatabaseRole, type Queryable } from '../../src/db/database';

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

/** A session that tells the plan of each statement as it was really executed. */
export interface Explained extends Queryable {
  /** Of the statements since it was asked last. */
  plans(): PlanNode[];
  close(): Promise<void>;
}

const TOLD = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': 0,
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_format': 'json',
  'auto_explain.log_level': 'notice',
  'auto_explain.log_parameter_max_length': 0,
};

/** `url` of a superuser: nobody else may be told of plans. A worker's session unless another role is named. */
export async function connectExplained(url: string, role: DatabaseRole = 'otobot_refresh'): Promise<Explained> {
  const told = new URL(url);
  const options = Object.entries(TOLD).map(([name, value]) => `-c ${name}=${value}`);
  told.searchParams.set('options', options.join(' '));
  const session = await connectSession(told.toString(), role);
  const plans: PlanNode[] = [];
  session.on('notice', ({ message = '' }) => {
    const json = message.slice(message.indexOf('{'));
    if (message.includes('plan:')) plans.push((JSON.parse(json) as { Plan: PlanNode }).Plan);
  });
  return {
    query: async <Row extends object>({ values, ...rest }: Parameters<Queryable['query']>[0]) =>
      (await session.query<Row>({ ...rest, values: values as unknown[] })).rows,
    plans: () => plans.splice(0),
    close: () => session.end(),
  };
}

export const buffersOf = (node: PlanNode): number => node['Shared Hit Blocks'] + node['Shared Read Blocks'];

export const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
