import { randomUUID } from 'node:crypto';
import { connectDatabase, type Database } from '../db/database';
import type { Logger } from '../log/logger';
import { createAuthenticator, type Authenticator } from '../services/access/authenticate';
import { createFailures, type Failures } from '../services/access/failures';
import { createAuthorize, type Authorize } from '../services/access/authorize';
import { BATCHES_ABREAST, createAuditLane, type AuditLane } from '../services/audit/audit-lane';
import { createKeyUsage } from '../services/audit/key-usage';
import { createRefusals, type Refusals } from '../services/audit/refusals';
import { createConnectLinks, type ConnectLinks } from '../services/connect/links';
import { createFactsCache } from '../services/credentials/facts-cache';
import { createReadRemembered, type ReadRemembered } from '../services/credentials/read-remembered';
import { createRenewal } from '../services/credentials/renewal';
import { createServeCredential, type ServeCredential } from '../services/credentials/serve-credential';
import { createDatabaseClock, type DatabaseClock } from '../services/database-clock';
import { createKeyReload, openVault, type KeyReload } from '../services/encryption-keys';
import { createReadiness, type CheckReadiness } from '../services/readiness';
import { createRefreshWaiter, type RefreshWaiter } from '../services/refresh-wait';
import type { Config } from '../types/config';
import type { Surface } from '../types/surface';
import type { Vault } from '../vault/vault';
import type { Installation } from './installation';

/**
 * What releases credentials, and all that `otobot serve --surface grants` consists of: nothing in here can call out, and nothing needs
 * more than the "serve" root of the keys and the rights of otobot_serve and otobot_audit.
 */
export interface Serving {
  surface: Surface;
  processId: string;
  /** Under role otobot_serve. */
  database: Database;
  /** Under role otobot_audit, which finds what belongs to a tenant that is not known yet. */
  auditDatabase: Database;
  vault: Vault;
  keys: KeyReload;
  authenticator: Authenticator;
  authorize: Authorize;
  audit: AuditLane;
  refusals: Refusals;
  failures: Failures;
  waiter: RefreshWaiter;
  clock: DatabaseClock;
  connectLinks: ConnectLinks;
  serveCredential: ServeCredential;
  readRemembered: ReadRemembered;
  readiness: CheckReadiness;
  /** For a database that hangs: whatever waits for it fails at once. */
  cut(): void;
  /** Writes what the audit still holds and closes the pools. */
  close(): Promise<void>;
}

export type ServingConfig = Pick<Config, 'internalTokens' | 'publicUrl'>;

const POOL_SIZE = 10;

export async function createServing(
  { internalTokens, publicUrl }: ServingConfig,
  { databaseUrl: url, roots }: Pick<Installation, 'databaseUrl' | 'roots'>,
  { surface, log }: { surface: Surface; log: Logger },
): Promise<Serving> {
  const database = connectDatabase({ url, role: 'otobot_serve', max: POOL_SIZE, log });
  // The lane gives up after 2 s; a statement that takes longer must not outlive it, nor hold up the next where the server hangs.
  const limits = { statementTimeoutMs: 2_000, answerWithinMs: 2_500 };
  const auditDatabase = connectDatabase({ url, role: 'otobot_audit', max: BATCHES_ABREAST.most + 3, ...limits, log });
  const keyDatabase = connectDatabase({ url, role: 'otobot_audit', max: 2, ...limits, log });
  const pools = [database, auditDatabase, keyDatabase];
  const vault = await openVault(database, roots);
  const keys = createKeyReload(database, vault);

  const processId = randomUUID();
  const clock = createDatabaseClock();
  const keyUsage = createKeyUsage(auditDatabase, (error) =>
    log.warn('the use of access keys is written down later', { error: (error as Error).message }),
  );
  const audit = createAuditLane({ database: auditDatabase, processId, clock, keyUsage });
  const refusals = createRefusals(audit, (error) =>
    log.error('a refusal is missing from the audit', { error: (error as Error).message }),
  );
  const failures = createFailures({ database: auditDatabase, refusals, log });
  const authenticator = createAuthenticator({ database: keyDatabase, vault, keys, internalTokens, clock });
  const authorize = createAuthorize({ authenticator, audit, refusals });

  const waiter = createRefreshWaiter({ database, lanes: auditDatabase, databaseUrl: url, log });
  const facts = createFactsCache(database, clock);
  const renewal = createRenewal({ database, facts, waiter, clock });
  const connectLinks = createConnectLinks({ database, authorize, vault, publicUrl });
  const serveCredential = createServeCredential({
    ...{ authenticator, facts, renewal, vault, keys, audit, refusals, connectLinks },
  });

  return {
    surface,
    ...{ processId, database, auditDatabase, vault, keys, authenticator, authorize, audit, refusals, failures, waiter },
    clock,
    ...{ connectLinks, serveCredential },
    readRemembered: createReadRemembered({ facts, vault, audit, refusals, clock }),
    readiness: createReadiness({ database, vault }),
    cut: () => {
      for (const pool of pools) pool.cut();
    },
    close: async () => {
      await waiter.close();
      await failures.close();
      await refusals.flush();
      await audit.idle();
      await Promise.all(pools.map((pool) => pool.close()));
    },
  };
}
