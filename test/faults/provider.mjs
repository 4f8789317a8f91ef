import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../provider/scripted.cjs', import.meta.url));
export const CLIENT = { id: 'app', secret: 'secret' };
const LATENCY_MS = [10, 60];

/** What the sky may bring. In bad weather that share of the calls is hit. */
const WEATHERS = {
  cut: 'process-then-reset',
  drop: 'reset',
  slow: { delayMs: [100, 3_000], processed: true },
  hang: 'process-then-hang',
  down: { status: 503, body: { error: 'temporarily_unavailable' } },
  gateway: 'process-then-gateway',
};
const HIT = 0.25;

/** The scriptable provider in a process of its own, which ends with us. `ask` tells it one of its commands. */
export async function startProvider(seed) {
  const options = ['--port', '0', '--seed', `${seed}`, '--client-id', CLIENT.id, '--client-secret', CLIENT.secret];
  const child = fork(PROGRAM, options, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const [{ url, tokenUrl }] = await Promise.race([
    once(child, 'message'),
    exited.then(([status]) => Promise.reject(new Error(`the provider ended with ${status}`))),
  ]);
  const ask = async (command, argument = {}) => {
    const response = await fetch(`${url}/control/${command}`, { method: 'POST', body: JSON.stringify(argument) });
    const result = await response.json();
    if (!response.ok) throw new Error(`the provider says: ${result.error}`);
    return result;
  };
  await ask('latency', { ms: LATENCY_MS });
  return {
    tokenUrl,
    ask,
    weather: (kind) => ask('always', kind === null ? { fault: null } : { fault: WEATHERS[kind], share: HIT }),
    stop: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
