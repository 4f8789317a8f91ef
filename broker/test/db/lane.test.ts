import { createLane } from '../../src/db/lane';

function controlled() {
  const batches: { items: number[]; commit: (error?: Error) => void }[] = [];
  const lane = createLane<number, number>(
    (items) =>
      new Promise((resolve, reject) => {
        batches.push({
          items,
          commit: (error) => (error === undefined ? resolve(items.map((item) => item * 10)) : reject(error)),
        });
      }),
    { maxBatch: 3 },
  );
  return { lane, batches };
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
