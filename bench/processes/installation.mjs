// An installation of its own in a temporary folder: embedded PostgreSQL, tables, keys, and the rows that the measurements need.
import { createSecretKey, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fromBroker } from '../from-broker.mjs';
import { serveParent } from '../parent.mjs';
import * as observed from '../rows/observed.mjs';
import { storeDueConnections } from '../rows/due-connections.mjs';
import { storeReadClients } from '../rows/read-clients.mjs';
import * as million from '../rows/million.mjs';
import * as timedKeys from '../rows/timed-keys.mjs';
import { serverCpu } from '../rows/server-cpu.mjs';

const { connectDatabase } = fromBroker('./dist/db/database');
const { startEmbedded } = fromBroker('./dist/db/embedded/start-embedded');
const { migrate } = fromBroker('./dist/db/migrate');
const { sqlDirectory } = fromBroker('./dist/db/migration-files');
const { createLogger } = fromBroker('./dist/log/logger');
const { ensureDataKeys, openVault } = fromBroker('./dist/services/encryption-keys');
const { rootsOfMaster } = fromBroker('./dist/vault/roots');

serveParent(async ({ home }) => {
  const log = createLogger('warn');
  const closers = [() => fs.rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const server = await startEmbedded({ dataDir: path.join(home, 'data') });
    closers.push(() => server.release());
    const { url } = server;
    await migrate({ url, directory: sqlDirectory, log });
    const master = randomBytes(32);
    const roots = { current: rootsOfMaster(createSecretKey(master)), previous: null };
    const owner = connectDatabase({ url, role: null, max: 1, statementTimeoutMs: 0, log });
    closers.push(() => owner.close());
    await ensureDataKeys(owner, roots);
    const [{ id: organizationId }] = await owner.query({ text: `select id from organizations where name = 'default'` });
    const [{ version }] = await owner.query({ text: `select current_setting('server_version') as version` });
    const stage = { databaseUrl: url, database: owner, vault: await openVault(owner, roots), organizationId };
    const environment = { DATABASE_URL: url, ENCRYPTION_MASTER_KEY: master.toString('hex'), OTOBOT_DATA_DIR: home };
    return {
      ready: { environment, postgres: version },
      commands: {
        storeReadClients: (wanted) => storeReadClients(stage, wanted),
        storeDueConnections: (wanted) => storeDueConnections(stage, wanted),
        serverCpu: () => serverCpu(stage),
        ...commandsOf(observed, stage),
        ...commandsOf(timedKeys, stage),
        ...commandsOf(million, stage),
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
});

/** All that a module of rows exports, for this installation. */
const commandsOf = (module, stage) =>
  Object.fromEntries(Object.entries(module).map(([name, command]) => [name, (wanted) => command(stage, wanted)]));
