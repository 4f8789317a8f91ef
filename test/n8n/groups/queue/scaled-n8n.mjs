// n8n in queue mode: a main process, and workers that run the executions, each with a home of its own.
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from '../../free-port.mjs';
import { n8nHost } from '../../n8n-host.mjs';
import { start, stop } from '../../processes.mjs';
import { startPostgres } from './postgres.mjs';
import { startRedis } from './redis.mjs';

const READY_WITHIN_MS = 120_000;

/** @returns `{n8n, workers, redis}`, running; `workers` each with `log()`. All of it ends with the run. */
export async function startScaledN8n({ installation, root, home, onEnd, credentials, workflows }) {
  const redis = await startRedis(home('redis'));
  onEnd(redis.stop);
  const postgres = await startPostgres(root, home('n8n-postgres'));
  onEnd(postgres.stop);
  const settings = {
    ...postgres.settings,
    EXECUTIONS_MODE: 'queue',
    // Else a run that was started in the editor stays in the main process.
    OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
    QUEUE_BULL_REDIS_HOST: '127.0.0.1',
    QUEUE_BULL_REDIS_PORT: String(redis.port),
    N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '5',
  };
  const parts = { installation, root, settings, rows: postgres.rows };
  const n8n = await n8nHost({ ...parts, folder: home('n8n-main') });
  await n8n.importCredentials(credentials);
  await n8n.importWorkflows(workflows);
  onEnd(n8n.stop);
  await n8n.start();
  const names = ['n8n-worker-1', 'n8n-worker-2'];
  const workers = await Promise.all(
    names.map((name) => startWorker({ ...parts, main: n8n, folder: home(name) }, onEnd)),
  );
  return { n8n, workers, redis };
}

/** It takes one execution at a time, so that two at once are on two workers. */
async function startWorker({ main, installation, ...parts }, onEnd) {
  const host = await n8nHost({ installation, ...parts });
  const env = {
    ...host.env,
    N8N_ENCRYPTION_KEY: main.env.N8N_ENCRYPTION_KEY,
    N8N_RUNNERS_BROKER_PORT: String(await freePort()),
  };
  const worker = start(installation.node, [installation.n8n, 'worker', '--concurrency=1'], { cwd: parts.folder, env });
  onEnd(() => stop(worker));
  const log = () => worker.output.text + worker.output.errors;
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  while (!log().includes('worker is now ready')) {
    if (worker.child.exitCode !== null || Date.now() > giveUpAt)
      throw new Error(`n8n's worker did not become ready:\n${log()}`);
    await sleep(100);
  }
  return { log, files: host.files };
}
