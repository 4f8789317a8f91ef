// The worker as `otobot refresh` runs it. One after the other, so that it takes nothing while its peer is measured.
import { createSecretKey } from 'node:crypto';
import { fromBroker } from '../from-broker.mjs';
import { serveParent } from '../parent.mjs';

const { createLogger } = fromBroker('./dist/log/logger');
const { createOutbound } = fromBroker('./dist/outbound/outbound');
const { rootsOfMaster } = fromBroker('./dist/vault/roots');
const { startRefresher } = fromBroker('./dist/worker/refresher');

serveParent(async ({ environment: { DATABASE_URL: databaseUrl, ENCRYPTION_MASTER_KEY: master }, dataDir }) => {
  const roots = { current: rootsOfMaster(createSecretKey(Buffer.from(master, 'hex'))), previous: null };
  const outbound = createOutbound({ allowPrivate: 'loopback', privateHosts: [] });
  const atOnce = countAtOnce(outbound.agents.http);
  const log = createLogger('info');
  let refresher = null;
  const stop = async () => {
    await refresher?.stop();
    refresher = null;
    return { peak: atOnce.peak };
  };
  const start = async () => {
    atOnce.peak = 0;
    refresher = await startRefresher({ databaseUrl, dataDir, roots, outbound, log });
  };
  return {
    ready: null,
    commands: { start, stop },
    close: async () => {
      await stop();
      outbound.close();
    },
  };
});

/** How many requests are under way at once, from the moment in which the agent is given one to the end of its answer. */
function countAtOnce(agent) {
  const counted = { now: 0, peak: 0 };
  const { addRequest } = agent;
  agent.addRequest = (request, options) => {
    counted.peak = Math.max(counted.peak, (counted.now += 1));
    request.once('close', () => (counted.now -= 1));
    addRequest.call(agent, request, options);
  };
  return counted;
}
