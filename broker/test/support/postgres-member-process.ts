import { startEmbedded } from '../../src/db/embedded/start-embedded';
import { THROWAWAY } from './postgres-throwaway';

/** A process of an installation: enters the data folder of its first argument, leaves it when its parent says so. */
async function main(): Promise<void> {
  const server = await startEmbedded({ dataDir: process.argv[2] ?? '', settings: THROWAWAY });
  const { url, pid, port, startedHere } = server;
  process.send?.({ url, pid, port, startedHere });
  process.once('message', () => {
    void server.release().then(() => {
      process.disconnect();
    });
  });
}

void main();
