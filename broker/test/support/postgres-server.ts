import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { startEmbedded } from '../../src/db/embedded/start-embedded';
import { THROWAWAY } from './postgres-throwaway';

let stopServer = (): Promise<void> => Promise.resolve();

/** Starts the run's PostgreSQL in a temporary folder, guarded by a process that clears it away when the run is over. */
export async function startTestServer(): Promise<string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-test-'));
  const watch = spawn(process.execPath, [path.join(__dirname, 'postgres-watch.cjs'), folder], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
  watch.unref();
  if (watch.stdin instanceof Socket) watch.stdin.unref(); // a run that fails before its teardown must end too
  const server = await startEmbedded({ dataDir: folder, settings: THROWAWAY });
  stopServer = async () => {
    await server.release(); // a member would start the server again
    watch.ref(); // else nothing keeps Node alive for its exit, and the run ends with status 0 whatever failed
    await new Promise<void>((resolve) => {
      watch.once('exit', () => {
        resolve();
      });
      watch.stdin.end();
    });
  };
  return server.url;
}

/** Resolves when the server is stopped and its folder gone. */
export function stopTestServer(): Promise<void> {
  return stopServer();
}
