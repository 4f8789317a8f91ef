import { fromBroker } from '../from-broker.mjs';

const { connectSession } = fromBroker('./dist/db/database');

/** auto_explain tells the plan of each statement, as it was really executed, in a notice. */
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

/** A worker's session that tells what its statements did: `explain(work)` runs work(db) and undoes it. */
export async function connectExplained(databaseUrl) {
  const url = new URL(databaseUrl);
  const options = Object.entries(TOLD).map(([name, value]) => `-c ${name}=${value}`);
  url.searchParams.set('options', options.join(' '));
  const session = await connectSession(url.toString(), 'otobot_refresh');
  let plans = [];
  session.on('notice', ({ message = '' }) => {
    if (message.includes('plan:')) plans.push(JSON.parse(message.slice(message.indexOf('{'))).Plan);
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

export const buffersOf = (plan) => plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];

export const nodesOf = (plan) => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
