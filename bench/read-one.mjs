import { setTimeout as delay } from 'node:timers/promises';

const TRIES = 5;
const BEFORE_ANOTHER_MS = 1_000;

/** What the broker answers, by client: the bodies that the other servers answer with. */
export async function readAll(port, asked) {
  const entries = asked.paths.map(async (path) => [
    path.split('/')[3],
    JSON.parse(await readOne(port, path, asked.key)),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

/** One answer; a broker that has just started may be busy. */
export async function readOne(port, path, key) {
  for (let left = TRIES; ; left--) {
    try {
      return await readNow(port, path, key);
    } catch (error) {
      if (left === 1) throw error;
    }
    await delay(BEFORE_ANOTHER_MS);
  }
}

async function readNow(port, path, key) {
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path} gave ${response.status}: ${text}`);
  return text;
}
