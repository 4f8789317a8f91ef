import { planIn, telling, type PlanNode } from '../../../bench/rows/explained.cjs';
import { connectSession, type DatabaseRole, type Queryable } from '../../src/db/database';

export { buffersOf, nodesOf, type PlanNode } from '../../../bench/rows/explained.cjs';

/** A session that tells the plan of each statement as it was really executed. */
export interface Explained extends Queryable {
  /** Of the statements since it was asked last. */
  plans(): PlanNode[];
  close(): Promise<void>;
}

/** `url` of a superuser: nobody else may be told of plans. A worker's session unless another role is named. */
export async function connectExplained(url: string, role: DatabaseRole = 'otobot_refresh'): Promise<Explained> {
  const session = await connectSession(telling(url), role);
  const plans: PlanNode[] = [];
  session.on('notice', (notice) => {
    const plan = planIn(notice);
    if (plan !== null) plans.push(plan);
  });
  return {
    query: async <Row extends object>({ values, ...rest }: Parameters<Queryable['query']>[0]) =>
      (await session.query<Row>({ ...rest, values: values as unknown[] })).rows,
    plans: () => plans.splice(0),
    close: () => session.end(),
  };
}
