import { randomUUID } from 'node:crypto';
import { claimDue, type ClaimedConnection } from '../../src/repositories/refresh-claims';
import { writeCompletions, type Completion } from '../../src/repositories/refresh-completions';
import { buffersOf, connectExplained, nodesOf, type Explained, type PlanNode } from '../support/explained';
import { addReach, setScene, type Reach, type Scene } from './scene';

// What a claim and a completion cost must not depend on how many connections there are, nor on what PostgreSQL believes about that.
const FEW = 1_000;
const MANY = 30_000;
const APPS = 20;
const BATCH = 100;

let scene: Scene;
let worker: Explained;
let reaches: Reach[];
beforeAll(async () => {
  scene = await setScene();
  reaches = await Promise.all(Array.from({ length: APPS }, () => addReach(scene)));
});
beforeEach(async () => {
  worker = await connectExplained(scene.db.url);
});
afterEach(() => worker.close());
afterAll(() => scene.close());

/** Connections with tokens, spread over the apps: a tenth is due, in the order of their numbers. */
async function fill(from: number, to: number): Promise<void> {
  const values = [scene.organizationId, reaches.map(({ appId }) => appId), reaches.map(({ service }) => service)];
  await scene.db.query(
    `with made as (
       insert into connections (id, organization_id, service, name, kind, app_id, generation, next_refresh_at)
       select gen_random_uuid(), $1, ($3::text[])[1 + n % ${APPS}], 'n' || n, 'oauth2', ($2::uuid[])[1 + n % ${APPS}], 1,
              otobot_now() + make_interval(secs => n) * case when (n / ${APPS}) % 10 = 0 then -1 else 1 end
         from generate_series(${from}, ${to - 1}) n
       returning id)
     insert into token_sets (organization_id, connection_id, generation, kind, access_sealed, access_key_version, refresh_sealed,
                             refresh_key_version, token_type, expires_at, lifetime_seconds)
     select $1, id, 1, 'current', decode(repeat(md5(id::text), 10), 'hex'), 1, decode(repeat(md5(id::text), 3), 'hex'), 1, 'Bearer',
            otobot_now() + interval '1 hour', 3600 from made`,
    values,
  );
}

async function claimBatch(): Promise<{ claims: ClaimedConnection[]; plan: PlanNode }> {
  const request = {
    workerNumber: 1,
    leaseSeconds: 60,
    limit: BATCH,
    perApp: 32,
    inFlight: {},
    spent: {},
    firstApp: randomUUID(),
  };
  const claims = await claimDue(worker, request);
  expect(claims).toHaveLength(BATCH);
  return { claims, plan: worker.plans().at(-1) as PlanNode };
}

const refreshed = (claim: ClaimedConnection, nextRefreshAt: Date): Completion => ({
  ...{ connectionId: claim.id, organizationId: claim.organizationId, generation: claim.generation },
  ...{ attemptId: claim.attemptId, startedAt: claim.startedAt, outcome: 'refreshed', errorCode: null, httpStatus: 200 },
  ...{ durationMs: 5, mayStillAnswer: false, adoptedSetId: null },
  next: {
    ...{ status: 'active', statusReason: null, failureCount: 0, failingSince: null, uncertainSince: null },
    ...{ permanentCode: null, lastErrorCode: null, notBeforeAt: null, events: ['connection.refreshed'] },
    nextRefreshAt,
  },
  set: {
    ...{
      accessSealed: Buffer.alloc(300, 1),
      accessKeyVersion: 1,
      refreshSealed: Buffer.alloc(90, 2),
      refreshKeyVersion: 1,
    },
    ...{ tokenType: 'Bearer', scopes: null, expiresAt: new Date(Date.now() + 3_600_000), lifetimeSeconds: 3_600 },
    ...{ baseUrl: null, refreshExpiresAt: null, idleExpiresAt: null, absoluteExpiresAt: null },
  },
});

/** Claims and completes a batch some times; the plans of the last time. */
async function refreshBatches(
  times: number,
  nextRefreshAt = new Date(Date.now() + 3_000_000),
): Promise<{ claim: PlanNode; completion: PlanNode }> {
  for (let time = 1; ; time += 1) {
    const { claims, plan: claim } = await claimBatch();
    const written = await writeCompletions(
      worker,
      claims.map((claim) => refreshed(claim, nextRefreshAt)),
    );
    expect(written.size).toBe(BATCH);
    const completion = worker.plans().at(-1) as PlanNode;
    if (time === times) return { claim, completion };
  }
}

/** Every row of the big tables was found by an index, and none was read to be thrown away. */
function expectByKey(plan: PlanNode): void {
  const big = nodesOf(plan).filter((node) =>
    /^(connections|token_sets|refresh_attempts)/.test(node['Relation Name'] ?? ''),
  );
  const reads = big.filter((node) => node['Node Type'].includes('Scan'));
  expect(reads.length).toBeGreaterThan(0);
  for (const node of reads) {
    expect(node).toMatchObject({ 'Node Type': expect.stringMatching(/^Index (Only )?Scan$/) as string });
    expect(node['Rows Removed by Filter'] ?? 0).toBeLessThanOrEqual(1);
  }
}

function expectDueInOrder(claim: PlanNode): void {
  const inOrder = nodesOf(claim).filter(
    (node) => node['Node Type'] === 'Limit' && nodesOf(node).some((each) => each['Index Name'] === 'connections_due'),
  );
  expect(inOrder.length).toBeGreaterThan(0);
  const innermost = nodesOf(inOrder.at(-1) as PlanNode);
  expect(innermost.map((node) => node['Node Type'])).not.toContain('Sort');
}

test('a claim and a completion touch as many buffers with 30,000 connections as with 1,000, analyzed or not', async () => {
  await fill(0, FEW);
  const few = await refreshBatches(1);
  await fill(FEW, MANY);
  // The session goes on with the plans that it made when there was little.
  const many = await refreshBatches(5);
  await scene.db.query('analyze');
  const analyzed = await refreshBatches(5);
  for (const { claim, completion } of [few, many, analyzed]) {
    expectByKey(claim);
    expectByKey(completion);
    expectDueInOrder(claim);
  }
  for (const later of [many, analyzed]) {
    expect(buffersOf(later.claim)).toBeLessThan(1.5 * buffersOf(few.claim));
    expect(buffersOf(later.completion)).toBeLessThan(1.5 * buffersOf(few.completion));
  }
}, 60_000);

test('a claim touches as many buffers after every connection was refreshed twenty times', async () => {
  await scene.db.query('delete from connections');
  await fill(0, FEW);
  // Long due, and due again as soon as it is refreshed: all take part in turn.
  await scene.db.query(`update connections set next_refresh_at = otobot_now() - interval '1 day'`);
  const aMinuteAgo = new Date(Date.now() - 60_000);
  const first = await refreshBatches(1, aMinuteAgo);
  const last = await refreshBatches((20 * FEW) / BATCH, aMinuteAgo);
  expect(buffersOf(last.claim)).toBeLessThan(1.5 * buffersOf(first.claim));
  expectByKey(last.claim);
}, 120_000);

test('what waits for a host that is out is not looked at; a probe costs a few buffers', async () => {
  const request = { workerNumber: 1, leaseSeconds: 60, limit: BATCH, perApp: 32, firstApp: randomUUID() };
  const claims = () => claimDue(worker, { ...request, inFlight: {}, spent: {} });
  const reads = (plan: PlanNode): PlanNode[] =>
    nodesOf(plan).filter((node) => node['Relation Name'] === 'connections' && node['Node Type'].includes('Scan'));
  await fill(MANY, MANY + FEW);
  await scene.db.query(
    `insert into provider_incidents (host, code, failing_since, last_failure_at, opened_at, next_probe_at)
     select distinct renewal_host, 'http_503', otobot_now(), otobot_now(), otobot_now(), otobot_now() + interval '1 hour'
       from services where renewal_host is not null`,
  );
  expect(await claims()).toHaveLength(0);
  for (const node of reads(worker.plans().at(-1) as PlanNode)) expect(node['Actual Rows'] ?? 0).toBe(0);
  await scene.db.query('update provider_incidents set next_probe_at = otobot_now()');
  expect(await claims()).toHaveLength(1);
  const probe = worker.plans().at(-1) as PlanNode;
  for (const node of reads(probe)) expect(node['Node Type']).toMatch(/^Index (Only )?Scan$/);
  expect(buffersOf(probe)).toBeLessThan(1_500);
  process.stdout.write(`a probe's claim touches ${buffersOf(probe)} buffers\n`);
  await scene.db.query('delete from provider_incidents');
});
