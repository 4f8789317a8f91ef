import { createLogger } from '../../src/log/logger';
import { createOutbound } from '../../src/outbound/outbound';
import { parseMasterKey, rootsOfMaster } from '../../src/vault/roots';
import { startRefresher } from '../../src/worker/refresher';

/** A worker in a process of its own, to be killed or frozen. Says 'working' when it is. */
async function main(databaseUrl: string, masterHex: string, dataDir: string): Promise<void> {
  const roots = { current: rootsOfMaster(parseMasterKey('master key', masterHex)), previous: null };
  const outbound = createOutbound({ allowPrivate: true, privateHosts: [] });
  const refresher = await startRefresher({
    databaseUrl,
    dataDir,
    roots,
    outbound,
    log: createLogger('error'),
    limits: { idleMs: 50 },
  });
  process.once('SIGTERM', () => {
    void refresher.stop().then(() => process.exit(0));
  });
  process.send?.('working');
}

const [databaseUrl = '', masterHex = '', dataDir = ''] = process.argv.slice(2);
void main(databaseUrl, masterHex, dataDir);
