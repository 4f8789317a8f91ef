import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/** As n8n asks: again after Retry-After where it is told to come again, three times in all. */
const TRIES = 3;
const PAUSE_MS = 20;

export function startReaders({ url, reader }, count = 8) {
  const agent = new Agent({ keepAlive: true });
  const figures = { answered: 0, toldToComeAgain: 0, failures: [], slowestMs: 0 };
  let stopped = false;
  const read = async () => {
    const startedAt = performance.now();
    const last = await tryToRead(url, reader.key, agent, figures);
    if (last !== 200) figures.failures.push(last);
    figures.slowestMs = Math.max(figures.slowestMs, performance.now() - startedAt);
  };
  const running = Array.from({ length: count }, async () => {
    while (!stopped) {
      await read();
      await delay(PAUSE_MS);
    }
  });
  return {
    figures,
    stop: async () => {
      stopped = true;
      await Promise.all(running);
      agent.destroy();
    },
  };
}

async function tryToRead(url, key, agent, figures) {
  for (let tries = 1; ; tries++) {
    const { status, retryAfter } = await ask(`${url}/v1/credentials/acme/crm`, key, agent);
    if (status === 200) figures.answered++;
    if (status !== 503 || tries === TRIES) return status;
    figures.toldToComeAgain++;
    await delay(retryAfter * 1_000);
  }
}

async function ask(url, key, agent) {
  try {
    const response = await new Promise((resolve, reject) => {
      request(url, { agent, headers: { authorization: `Bearer ${key}` } }, resolve)
        .once('error', reject)
        .end();
    });
    const whole = JSON.parse(await text(response));
    if (response.statusCode === 200 && whole.accessToken.length !== 2_000) return { status: 'a wrong answer' };
    return { status: response.statusCode, retryAfter: Number(response.headers['retry-after'] ?? 1) };
  } catch (error) {
    return { status: error.code ?? error.message };
  }
}
