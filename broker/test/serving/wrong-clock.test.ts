import { read, setStage, storeConnection, storeKey, type Stage } from './stored';

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
const TrueDate = Date;

/** From now on this process's clock is wrong by so much. Timers and the monotonic clock go on as they are. */
function turnClock(shiftMs: number): void {
  const now = (): number => TrueDate.now() + shiftMs;
  globalThis.Date = new Proxy(TrueDate, {
    construct: (target, given) => Reflect.construct(target, given.length === 0 ? [now()] : given) as Date,
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
  });
}

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
  await storeConnection(stage, 'alive', 'living-token', 1_800);
  await storeConnection(stage, 'dead', 'dead-token', -1);
});
afterEach(() => {
  globalThis.Date = TrueDate;
});
afterAll(() => stage.close());

test.each([
  ['an hour fast', HOUR_MS],
  ['an hour slow', -HOUR_MS],
  ['ten years fast', 10 * YEAR_MS],
  ['ten years slow', -10 * YEAR_MS],
])(
  'a process whose clock is %s, from the start or all at once, serves what lives and nothing that is dead',
  async (_how, shift) => {
    const soon = await storeKey(stage, { expiresAt: new Date(Date.now() + HOUR_MS / 2) });
    const past = await storeKey(stage, { expiresAt: new Date(Date.now() - HOUR_MS / 2) });
    turnClock(shift);
    const late = await stage.another();
    try {
      for (const broker of [stage.brokers[0], late]) {
        const { status, json } = await read(broker, soon.key, 'alive');
        expect([status, json.accessToken]).toEqual([200, 'living-token']);
        expect((await read(broker, soon.key, 'alive', '?minTtl=1700')).status).toBe(200);
        expect((await read(broker, soon.key, 'dead')).json).toMatchObject({
          code: 'reauth_required',
          reason: 'expired',
        });
        expect((await read(broker, past.key, 'alive')).status).toBe(401);
      }
    } finally {
      globalThis.Date = TrueDate;
      await late.close();
    }
  },
);
