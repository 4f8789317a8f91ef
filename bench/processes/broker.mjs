// The broker as `otobot serve` runs it: everything that a read passes in production, the request log included.
import { fromBroker } from '../from-broker.mjs';
import { serveParent } from '../parent.mjs';
import { timeInTurn } from '../time-in-turn.mjs';

// As the program does, before all else.
fromBroker('./dist/config/young-generation');
const { createBroker } = fromBroker('./dist/app/broker');
const { openInstallation } = fromBroker('./dist/app/installation');
const { VERSION } = fromBroker('./dist/app/version');
const { readConfig } = fromBroker('./dist/config/environment');
const { serveHttp } = fromBroker('./dist/http/serve');
const { createLogger } = fromBroker('./dist/log/logger');
const { startHeartbeat } = fromBroker('./dist/services/heartbeat');

/** Counted as ever, and set so high that one key may do what otherwise hundreds do. */
const RATE_LIMIT_PER_MINUTE = '10000000';

serveParent(async ({ environment }) => {
  const config = readConfig({ ...environment, PORT: '0', RATE_LIMIT_PER_MINUTE });
  const log = createLogger(config.logLevel);
  const installation = await openInstallation(config, log, { prepare: false });
  const broker = await createBroker(config, installation, log);
  const { vault, processId: id, database } = broker;
  const heartbeat = await startHeartbeat({ database, vault, log, id, role: 'serve', version: VERSION });
  broker.sealer.start();
  const listening = await serveHttp({ broker, config, log, share: () => heartbeat.serving() });
  return {
    ready: { port: listening.port },
    commands: { timeRefusals: (wanted) => timeRefusals(broker.authenticator, wanted) },
    close: async () => {
      await heartbeat.stop();
      await listening.close();
      await broker.close();
      await installation.release();
    },
  };
});

/** Milliseconds that authenticate() takes to refuse keys of several kinds, in turn, without HTTP. */
async function timeRefusals(authenticator, { alike, inUse, rounds }) {
  const present = (token) => authenticator.authenticate({ kind: 'bearer', token });
  for (const token of inUse) await present(token);
  return timeInTurn({ kinds: alike, rounds }, async (token) => {
    const outcome = await present(token).catch(({ code }) => code);
    if (outcome !== 'key_invalid') throw new Error('a key that was to be refused was not');
  });
}
