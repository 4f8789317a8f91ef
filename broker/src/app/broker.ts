import { randomUUID } from 'node:crypto';
import { connectDatabase, type Database } from '../db/database';
import type { Logger } from '../log/logger';
import { createOutbound, type Outbound } from '../outbound/outbound';
import { createAuthenticator, type Authenticator } from '../services/access/authenticate';
import { createAuthorize, type Authorize } from '../services/access/authorize';
import { createAuditLane } from '../services/audit/audit-lane';
import { createRefusals, type Refusals } from '../services/audit/refusals';
import { createConnect, type Connect } from '../services/connect/connect';
import { createFactsCache } from '../services/credentials/facts-cache';
import { createRenewal } from '../services/credentials/renewal';
import { createServeCredential, type ServeCredential } from '../services/credentials/serve-credential';
import { createDatabaseClock } from '../services/database-clock';
import { createKeyReload, openVault } from '../services/encryption-keys';
import { createManagement, type Management } from '../services/management';
import { createReadiness, type CheckReadiness } from '../services/readiness';
import { createRefreshWaiter } from '../services/refresh-wait';
import type { Config } from '../types/config';
import type { Vault } from '../vault/vault';
import type { Installation } from './installation';

/** Everything that one process needs to serve, assembled once; http and the commands call nothing else. */
export interface Broker extends Management {
  processId: string;
  /** Under role otobot_serve. */
  database: Database;
  vault: Vault;
  authenticator: Authenticator;
  authorize: Authorize;
  refusals: Refusals;
  serveCredential: ServeCredential;
  readiness: CheckReadiness;
  connect: Connect;
  /** Writes what the audit still holds and closes the pools. */
  close(): Promise<void>;
}

const POOL_SIZE = 10;

export async function createBroker(config: Config, installation: Installation, log: Logger): Promise<Broker> {
  const url = installation.databaseUrl;
  const database = connectDatabase({ url, role: 'otobot_serve', max: POOL_SIZE, log });
  // The lane gives up after 2 s; a statement that takes longer must not outlive it.
  const auditDatabase = connectDatabase({ url, role: 'otobot_audit', max: 4, statementTimeoutMs: 2_000, log });
  const vault = await openVault(database, installation.roots);
  const keys = createKeyReload(database, vault);

  const outbound = createOutbound(config.outbound);

  const processId = randomUUID();
  const clock = createDatabaseClock();
  const audit = createAuditLane({ database: auditDatabase, processId, clock });
  const refusals = createRefusals(audit, (error) =>
    log.error('a refusal is missing from the audit', { error: (error as Error).message }),
  );
  const authenticator = createAuthenticator({
    database: auditDatabase,
    vault,
    internalTokens: config.internalTokens,
    clock,
  });
  const authorize = createAuthorize({ authenticator, audit, refusals });

  const waiter = createRefreshWaiter({ database, lanes: auditDatabase, databaseUrl: url, log });
  const facts = createFactsCache(database, clock);
  const renewal = createRenewal({ database, facts, waiter, clock });
  const allowedUrl = (target: string): boolean => isAllowed(outbound, target);
  const { publicUrl } = config;
  const management = createManagement({ database, authorize, vault, waiter, allowedUrl, publicUrl });
  const { connectLinks } = management;
  const serveCredential = createServeCredential({
    ...{ authenticator, facts, renewal, vault, keys, audit, refusals, connectLinks },
  });
  const connect = createConnect({
    ...{ database, lookups: auditDatabase, vault, audit, refusals, agents: outbound.agents, publicUrl },
  });

  return {
    processId,
    database,
    vault,
    authenticator,
    authorize,
    refusals,
    serveCredential,
    readiness: createReadiness({ database, vault }),
    ...management,
    connect,
    close: async () => {
      await waiter.close();
      await refusals.flush();
      await audit.idle();
      await Promise.all([database.close(), auditDatabase.close()]);
      outbound.close();
    },
  };
}

function isAllowed(outbound: Outbound, url: string): boolean {
  try {
    outbound.assertAllowed(url);
    return true;
  } catch {
    return false;
  }
}
