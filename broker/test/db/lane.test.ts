import { createLane, type LaneOptions } from '../../src/db/lane';

function controlled(options: Partial<LaneOptions> = {}) {
  const batches: { items: number[]; commit: (error?: Error) => void }[] = [];
  const lane = createLane<number, number>(
    (items) =>
      new Promise((resolve, reject) => {
        batches.push({
          items,
          commit: (error) => (error === undefined ? resolve(items.map((item) => item * 10)) : reject(error)),
        });
      }),
    { maxBatch: 3, ...options },
  );
  return { lane, batches, sent: () => batches.map(({ items }) => items) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('what queues while a batch is in flight goes together in the next, at most maxBatch', async () => {
  const { lane, batches } = controlled();
  const results = [1, 2, 3, 4, 5].map((item) => lane.submit(item));
  expect(batches.map(({ items }) => items)).toEqual([[1]]);
  batches[0]?.commit();
  await settled();
  expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3, 4]]);
  batches[1]?.commit();
  await settled();
  batches[2]?.commit();
  expect(await Promise.all(results)).toEqual([10, 20, 30, 40, 50]);
});

test('a batch that fails fails its own items and no others', async () => {
  const { lane, batches } = controlled();
  const first = lane.submit(1);
  const second = lane.submit(2);
  batches[0]?.commit(new Error('lost'));
  await expect(first).rejects.toThrow('lost');
  batches[1]?.commit();
  expect(await second).toBe(20);
});

test('an idle lane sends at once, and idle() waits for what is in flight', async () => {
  const { lane, batches } = controlled();
  await lane.idle();
  const result = lane.submit(1);
  let idle = false;
  void lane.idle().then(() => (idle = true));
  await settled();
  expect(idle).toBe(false);
  batches[0]?.commit();
  await result;
  await settled();
  expect(idle).toBe(true);
});

describe('with patience', () => {
  const impatient = (ms: number, maxWaiting: number) => {
    let answer: () => void = () => undefined;
    const lane = createLane<number, number>(
      (items) =>
        new Promise((resolve) => {
          answer = () => {
            resolve(items);
          };
        }),
      { maxBatch: 10, patience: { ms, maxWaiting, refuse: (why) => new Error(why) } },
    );
    return { lane, answer: () => answer() };
  };

  test('beyond so many, waiting and in flight, the next is refused at once, and there is room again when they are gone', async () => {
    const { lane, answer } = impatient(60_000, 3);
    const waiting = [1, 2, 3].map((item) => lane.submit(item));
    await expect(lane.submit(4)).rejects.toThrow('too many');
    answer();
    expect(await waiting[0]).toBe(1);
    const next = lane.submit(5);
    answer();
    await settled();
    answer();
    expect(await Promise.all([...waiting, next])).toEqual([1, 2, 3, 5]);
  });

  test('who waits too long is told so, each at his own time, in flight or not, and makes room', async () => {
    const { lane, answer } = impatient(30, 3);
    const late = await Promise.allSettled([lane.submit(1), lane.submit(2)]);
    expect(late.map((result) => result.status === 'rejected' && (result.reason as Error).message)).toEqual([
      'too late',
      'too late',
    ]);
    // 1 is in flight still; 2 is not sent any more.
    const third = lane.submit(3);
    answer();
    await settled();
    answer();
    expect(await third).toBe(3);
    await lane.idle();
  });
});

describe('with several abreast', () => {
  const abreast = { most: 2, apartMs: 0, enough: 1 };

  test('so many batches are in flight at a time, and what ends first is answered first', async () => {
    const { lane, batches, sent } = controlled({ abreast });
    const results = [1, 2, 3, 4].map((item) => lane.submit(item));
    expect(sent()).toEqual([[1], [2]]);
    batches[1]?.commit();
    expect(await results[1]).toBe(20);
    expect(sent()).toEqual([[1], [2], [3, 4]]);
    for (const batch of batches) batch.commit();
    expect(await Promise.all(results)).toEqual([10, 20, 30, 40]);
  });

  test('another one begins only when the newest has been in flight for long enough', async () => {
    let now = 0;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
    const { lane, batches, sent } = controlled({ abreast: { ...abreast, apartMs: 2 } });
    const results = [lane.submit(1)];
    now = 1.9;
    results.push(lane.submit(2));
    expect(sent()).toEqual([[1]]);
    now = 2;
    results.push(lane.submit(3));
    expect(sent()).toEqual([[1], [2, 3]]);
    results.push(lane.submit(4));
    batches[0]?.commit();
    await settled();
    // The oldest has ended, and the one after it is still young.
    expect(sent()).toEqual([[1], [2, 3]]);
    batches[1]?.commit();
    await settled();
    expect(sent()).toEqual([[1], [2, 3], [4]]);
    batches[2]?.commit();
    expect(await Promise.all(results)).toEqual([10, 20, 30, 40]);
    clock.mockRestore();
  });

  test('and when enough wait; the last ones go when there is nothing in flight', async () => {
    const { lane, batches, sent } = controlled({ abreast: { ...abreast, enough: 3 } });
    const results = [1, 2, 3].map((item) => lane.submit(item));
    expect(sent()).toEqual([[1]]);
    results.push(lane.submit(4), lane.submit(5));
    expect(sent()).toEqual([[1], [2, 3, 4]]);
    batches[0]?.commit();
    await settled();
    expect(sent()).toEqual([[1], [2, 3, 4]]);
    batches[1]?.commit();
    await settled();
    expect(sent()).toEqual([[1], [2, 3, 4], [5]]);
    batches[2]?.commit();
    expect(await Promise.all(results)).toEqual([10, 20, 30, 40, 50]);
  });

  test('a batch that fails fails its own items, and idle() waits for all that are in flight', async () => {
    const { lane, batches } = controlled({ abreast });
    const [first, second] = [lane.submit(1), lane.submit(2)];
    let idle = false;
    void lane.idle().then(() => (idle = true));
    batches[1]?.commit(new Error('lost'));
    await expect(second).rejects.toThrow('lost');
    await settled();
    expect(idle).toBe(false);
    batches[0]?.commit();
    expect(await first).toBe(10);
    await settled();
    expect(idle).toBe(true);
  });

  test('patience counts what is in flight in every batch, and ends for each in his own time', async () => {
    const patience = { ms: 30, maxWaiting: 3, refuse: (why: string) => new Error(why) };
    const { lane, batches } = controlled({ abreast, patience });
    const late = [1, 2, 3].map((item) => lane.submit(item));
    await expect(lane.submit(4)).rejects.toThrow('too many');
    const told = await Promise.allSettled(late);
    expect(told.map((result) => result.status === 'rejected' && (result.reason as Error).message)).toEqual([
      'too late',
      'too late',
      'too late',
    ]);
    // 1 and 2 are in flight still; 3 is not sent any more.
    const next = lane.submit(5);
    batches[0]?.commit();
    await settled();
    batches[2]?.commit();
    expect(await next).toBe(50);
    batches[1]?.commit();
    await lane.idle();
  });
});
