import { fromBroker } from '../from-broker.mjs';
import { planIn, telling } from './explained.cjs';

const { connectSession } = fromBroker('./dist/db/database');

/** A worker's session that tells what its statements did: `explain(work)` runs work(db) and undoes it. */
export async function connectExplained(databaseUrl) {
  const session = await connectSession(telling(databaseUrl), 'otobot_refresh');
  let plans = [];
  session.on('notice', (notice) => {
    const plan = planIn(notice);
    if (plan !== null) plans.push(plan);
  });
  const db = {
    transaction: true,
    query: async ({ values, ...rest }) => (await session.query({ ...rest, values })).rows,
  };
  const explain = async (work) => {
    await session.query('begin');
    plans = [];
    const startedAt = performance.now();
    try {
      const result = await work(db);
      return { result, plans, milliseconds: performance.now() - startedAt };
    } finally {
      await session.query('rollback');
    }
  };
  return { explain, close: () => session.end() };
}

export { buffersOf, nodesOf } from './explained.cjs';
