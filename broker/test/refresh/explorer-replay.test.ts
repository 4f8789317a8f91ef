import { connectDatabase, type Database } from '../../src/db/database';
import { beginning, date, seconds, type Rotation, type Rules, type World } from './explorer/model';
import { mirror, type Mirrored } from './explorer/mirrored';
import type { Step } from './explorer/spooling';
import { stepsFrom } from './explorer/steps';
import { addConnection, addReach, outcomesOf, setScene, type Scene } from './scene';

// What the explorer says holds for the real thing only while its four statements do what PostgreSQL does: some of its ways, step by step.
const WAYS_PER_ROTATION = 25;
const BOUNDS = { faults: 3, readers: 1 };

let scene: Scene;
let database: Database;
let serving: Database;
beforeAll(async () => {
  scene = await setScene();
  database = connectDatabase({ url: scene.db.url, role: 'otobot_refresh', max: 2, log: scene.log });
  serving = connectDatabase({ url: scene.db.url, role: 'otobot_serve', max: 1, log: scene.log });
  await scene.db.query('create table model_clock as select now() as at');
  await scene.db.query('grant select on model_clock to public');
  await scene.db.query(
    `create or replace function otobot_now() returns timestamptz language sql stable as 'select at from public.model_clock'`,
  );
});
afterAll(async () => {
  await database.close();
  await serving.close();
  await scene.close();
});

const setClock = (now: number) => scene.db.query('update model_clock set at = $1', [date(now)]);

/** A way through the worlds of the model, always the same for a seed; the rarer steps come as often as the others. */
function* wayThrough(rules: Rules, seed: number): Generator<[World, Step]> {
  let world = beginning(rules, BOUNDS);
  let state = seed;
  let calm = seed % 2 === 0;
  for (;;) {
    // Every other way goes to an answer first, or few would get as far as what may happen to one.
    calm &&= !world.workers.some(({ phase }) => phase.at === 'decided');
    const steps = stepsFrom(world, rules).filter(({ prompt }) => prompt || !calm);
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const step = steps[Math.floor((state / 2 ** 32) * steps.length)];
    if (step === undefined) return;
    yield [world, step];
    world = step.to;
  }
}

/** What PostgreSQL holds, in the words of the model. */
async function stored(id: string) {
  const { rows } = await scene.db.query<Record<string, unknown>>(
    `select status, status_reason, failure_count, permanent_code, last_error_code, generation, failing_since, uncertain_since,
            lease_until, not_before_at, last_attempt_at, wanted_at is not null as wanted,
            case when next_refresh_at = '-infinity' then $2::timestamptz else next_refresh_at end as next_refresh_at
       from connections where id = $1`,
    [id, date(-1)],
  );
  const { rows: sets } = await scene.db.query<{ kind: string; generation: number; token: string }>(
    `select kind, generation, convert_from(refresh_sealed, 'UTF8') as token from token_sets
      where connection_id = $1 and kind in ('current', 'late') order by kind, created_at, 3`,
    [id],
  );
  return { ...inSeconds(rows[0] ?? {}), sets, outcomes: await outcomesOf(scene, id) };
}

const inSeconds = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Date ? Math.round(seconds(value) * 1_000) : value,
    ]),
  );
const ms = (moment: number | null): number | null => moment && Math.round(moment * 1_000);

function modelled({ row, current, late, attempts }: World) {
  const set = (kind: string) => (each: { generation: number; refreshToken: number }) => ({
    ...{ kind, generation: each.generation, token: `${each.refreshToken}` },
  });
  return {
    ...{ status: row.status, status_reason: row.statusReason, failure_count: row.failureCount, wanted: row.wanted },
    ...{ permanent_code: row.permanentCode, last_error_code: row.lastErrorCode, generation: row.generation },
    ...{
      failing_since: ms(row.failingSince),
      uncertain_since: ms(row.uncertainSince),
      lease_until: ms(row.leaseUntil),
    },
    ...{ not_before_at: ms(row.notBeforeAt), last_attempt_at: ms(row.lastAttemptAt) },
    ...{ next_refresh_at: ms(row.nextRefreshAt) },
    sets: [set('current')(current), ...late.map(set('late'))],
    outcomes: attempts.map(({ outcome }) => outcome),
  };
}

/** A new connection as the model begins with one. */
async function addModelled(rules: Rules): Promise<string> {
  await scene.db.query('delete from connections');
  const reach = await addReach(scene, { rotation: rules.rotation, graceSeconds: rules.graceSeconds });
  const { id } = await addConnection(scene, reach);
  await scene.db.query(
    `update token_sets set refresh_sealed = '0', expires_at = $2 where connection_id = $1 and kind = 'current'`,
    [id, date(rules.firstLifetime)],
  );
  return id;
}

test.each<[Rotation]>([['none'], ['grace'], ['strict']])(
  'rotation %s: PostgreSQL does, step by step, what the model of the explorer does',
  async (rotation) => {
    const names = new Set<string>();
    for (let seed = 1; seed <= WAYS_PER_ROTATION; seed += 1) {
      const rules: Rules = { rotation, graceSeconds: 120, random: 0.5, firstLifetime: seed % 2 === 0 ? 600 : -1 };
      await setClock(0);
      const connectionId = await addModelled(rules);
      const real: Mirrored = await mirror({ scene, database, serving, connectionId, rules });
      const way: string[] = [];
      for (const [before, { name, to }] of wayThrough(rules, seed * 7_919)) {
        way.push(name);
        names.add(name.split(':').at(-1) ?? '');
        await setClock(to.now);
        await real.play(name, before, to);
        expect({ way, ...(await stored(connectionId)) }).toEqual({ way, ...modelled(to) });
      }
      await real.close();
    }
    for (const name of [
      'claim',
      'write',
      'sweep',
      'return',
      'crash',
      'cut',
      'reader',
      'spool',
      'write unheard',
      'adopt',
    ])
      expect(names).toContain(name);
  },
  60_000,
);
