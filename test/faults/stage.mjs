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
  await database.query({ text: KEEP_EVENTS });
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

/**
 * Every event as its transaction wrote it: a worker takes `connection.refreshed` out of the outbox where nobody hears it, and the checker wants
 * to count them.
 */
const KEEP_EVENTS = `
  create table told (like outbox);
  create function keep_told() returns trigger language plpgsql security definer set search_path = pg_catalog, public as
    $$ begin insert into told select new.*; return null; end $$;
  create trigger keep_told after insert on outbox for each row execute function keep_told();`;

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
