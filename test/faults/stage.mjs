import { createSecretKey, randomBytes } from 'node:crypto';
import path from 'node:path';
import { fromBroker } from '../../bench/from-broker.mjs';

const { connectDatabase } = fromBroker('./dist/db/database');
const { startEmbedded } = fromBroker('./dist/db/embedded/start-embedded');
const { migrate } = fromBroker('./dist/db/migrate');
const { sqlDirectory } = fromBroker('./dist/db/migration-files');
const { createLogger } = fromBroker('./dist/log/logger');
const { ensureDataKeys, openVault } = fromBroker('./dist/services/encryption-keys');
const { rootsOfMaster } = fromBroker('./dist/vault/roots');

/** Also on a machine that does many other things. */
const PATIENCE_MS = 120_000;

/** An installation of its own: a PostgreSQL that is started again whenever it dies, tables, keys. */
export async function setStage(home, closing) {
  const log = createLogger('error');
  const server = await startEmbedded({ dataDir: path.join(home, 'data') });
  const closers = [() => server.release()];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  closing.push(close);
  await migrate({ url: server.url, directory: sqlDirectory, log });
  const master = randomBytes(32);
  const database = connectDatabase({ url: server.url, role: null, max: 4, log });
  closers.push(() => database.close());
  const roots = { current: rootsOfMaster(createSecretKey(master)), previous: null };
  await ensureDataKeys(database, roots);
  const vault = await openVault(database, roots);
  const [{ id: organizationId }] = await database.query({
    text: `select id from organizations where name = 'default'`,
  });
  const dataDir = path.join(home, 'worker');
  const environment = {
    ...{ DATABASE_URL: server.url, ENCRYPTION_MASTER_KEY: master.toString('hex') },
    ...{ OTOBOT_ALLOW_PRIVATE_PROVIDERS: 'true', OTOBOT_DATA_DIR: dataDir, LOG_LEVEL: 'info' },
  };
  return { server, database, vault, organizationId, environment, dataDir };
}

/** Works again until the database is there: here it often is not. */
export async function persistently(work) {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (error.code !== 'database_unavailable' || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
