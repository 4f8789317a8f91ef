// A table of a million connections, and what the worker's statements touch in it.
import { randomUUID } from 'node:crypto';
import { fromBroker } from '../from-broker.mjs';
import { median } from '../statistics.mjs';
import { storeApps, storeConnections } from './due-connections.mjs';
import { buffersOf, connectExplained, nodesOf } from './explained.mjs';

const { claimDue } = fromBroker('./dist/repositories/refresh-claims');
const sweeps = fromBroker('./dist/repositories/refresh-sweeps');
const { deleteOldSets } = fromBroker('./dist/repositories/token-sets');
const { deleteOldFlows } = fromBroker('./dist/repositories/flows');
const { countLiveWorkers, forgetGoneProcesses } = fromBroker('./dist/repositories/processes');
const { claimRevocations } = fromBroker('./dist/repositories/revocation-claims');
const { findDueNotices } = fromBroker('./dist/repositories/notices');
const { recallFailed } = fromBroker('./dist/repositories/provider-incidents');

const TOKEN_BYTES = 256;
const BATCH = 100;
const PER_APP = 32;
const TIMES = 9;
/** A fifth has been due for up to two hours; the others follow within the next eight. */
const SPREAD = `otobot_now() + interval '1 hour' * (random() * 10 - 2)`;
const LONG_DUE = `otobot_now() - interval '1 hour' * (1 + random())`;

export async function storeMillionApps(stage, wanted) {
  stage.million = { ...wanted, reaches: await storeApps(stage, wanted) };
}

export async function addConnections(stage, { connections }) {
  await storeConnections(stage, { ...stage.million, connections, tokenBytes: TOKEN_BYTES, dueAt: SPREAD });
}

/** One app whose secrets are refused, and one whose provider hangs with all its slots taken: both with so many connections long due. */
export async function addStuckApps(stage, { connections }) {
  const { tokenUrl } = stage.million;
  const reaches = await storeApps(stage, { apps: 2, tokenUrl });
  const [suspended, hanging] = reaches.map(({ id }) => id);
  await storeConnections(stage, {
    ...{ reaches, connections: 2 * connections, tokenUrl, tokenBytes: TOKEN_BYTES, dueAt: LONG_DUE },
  });
  await stage.database.query({
    text: `update apps set suspended_at = otobot_now(), next_probe_at = otobot_now() + interval '1 hour' where id = $1`,
    values: [suspended],
  });
  stage.million.inFlight = { [hanging]: PER_APP };
}

export async function analyze({ database }) {
  await database.query({ text: 'vacuum analyze' });
}

/** The claim of the next 100, several times, each undone: medians, and what its plan does with connections. */
export async function explainClaims(stage) {
  const request = { workerNumber: 1, leaseSeconds: 60, limit: BATCH, perApp: PER_APP, spent: {} };
  const { inFlight = {} } = stage.million;
  return withSession(stage, async ({ explain }) => {
    const rounds = [];
    for (let time = 0; time < TIMES; time++) {
      const claim = (db) => claimDue(db, { ...request, inFlight, firstApp: randomUUID() });
      const { result, plans, milliseconds } = await explain(claim);
      if (result.length !== BATCH) throw new Error(`${result.length} were claimed instead of ${BATCH}`);
      rounds.push({ ...looking(plans.at(-1)), buffers: buffersOf(plans.at(-1)), milliseconds });
    }
    const { nodes, removed } = rounds.at(-1);
    const middle = (name) => median(rounds.map((round) => round[name]));
    return { buffers: middle('buffers'), found: middle('found'), milliseconds: middle('milliseconds'), nodes, removed };
  });
}

/** The part of the plan that looks for what is due: its nodes, the buffers that it touched, the rows that it read and threw away. */
function looking(plan) {
  const limits = nodesOf(plan).filter((node) => node['Node Type'] === 'Limit' && readsDue(node));
  const within = withoutInitPlans(limits.at(-1) ?? plan);
  const scans = within.filter((node) => node['Relation Name'] === 'connections');
  return {
    nodes: within.map((node) => node['Node Type']),
    found: scans.reduce((sum, scan) => sum + buffersOf(scan), 0),
    removed: scans.reduce((sum, scan) => sum + (scan['Rows Removed by Filter'] ?? 0), 0),
  };
}

const readsDue = (node) => nodesOf(node).some((each) => each['Index Name'] === 'connections_due');

/** What a limit or a filter is computed by is no part of the way to the rows. */
const withoutInitPlans = (node) => [
  node,
  ...(node.Plans ?? []).filter((plan) => plan['Parent Relationship'] !== 'InitPlan').flatMap(withoutInitPlans),
];

const PERIODIC = {
  'sweep: abandoned attempts': (db) => sweeps.findAbandoned(db, 500),
  'sweep: orphaned records': (db) => sweeps.endOrphanedAttempts(db),
  'sweep: late answers': (db) => sweeps.recallForLateAnswers(db),
  'old token sets': deleteOldSets,
  'old flows': deleteOldFlows,
  'gone processes': forgetGoneProcesses,
  'readiness: live workers': countLiveWorkers,
  'failed before an outage': recallFailed,
  'coming ends of consents': (db) => findDueNotices(db, 100),
  revocations: (db) => claimRevocations(db, 50),
};

/** What each statement touches that the workers and /ready run again and again. */
export async function explainPeriodic(stage) {
  return withSession(stage, async ({ explain }) => {
    const rows = [];
    for (const [name, work] of Object.entries(PERIODIC)) {
      const { plans, milliseconds } = await explain(work);
      rows.push({ name, buffers: plans.reduce((sum, plan) => sum + buffersOf(plan), 0), milliseconds });
    }
    return rows;
  });
}

async function withSession({ databaseUrl }, work) {
  const session = await connectExplained(databaseUrl);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
