import { existsSync } from 'node:fs';
import path from 'node:path';
import { createBroker, type Broker } from '../../app/broker';
import { openInstallation, type Installation } from '../../app/installation';
import { takeConfig } from '../../config/take-config';
import { connectDatabase, type Database } from '../../db/database';
import { ConfigurationError } from '../../errors/configuration-error';
import type { Route } from '../../http/route';
import { allRoutes } from '../../http/serve';
import { createLogger, type Logger } from '../../log/logger';
import { createRotatePepper } from '../../services/access-keys/rotate-pepper';
import { createOrganizations } from '../../services/organizations';
import { createRefreshing } from '../../services/refreshing';
import type { Config } from '../../types/config';
import { untilToldToStop } from '../until-told-to-stop';
import { organizationRoutes } from './organization-routes';
import { pepperRoutes } from './pepper-routes';
import { refreshingRoutes } from './refreshing-routes';

/** What a command at this machine works with. */
export interface OnInstallation {
  config: Config;
  installation: Installation;
  broker: Broker;
  /** As the owner of the tables. */
  owner: Database;
  log: Logger;
}

/** Runs `work` on the installation, joining its embedded server or starting it for the moment, and leaves nothing running. */
export async function withInstallation<T>(work: (on: OnInstallation) => Promise<T>): Promise<T> {
  const config = takeConfig();
  requireDataFolder(config);
  // What a server tells about its day is noise here.
  const log = createLogger(config.logLevel === 'info' ? 'warn' : config.logLevel);
  const stopped = untilToldToStop().then(() => Promise.reject(new Error('stopped before it was done')));
  stopped.catch(() => undefined); // told after the work was done
  const installation = await openInstallation(config, log, { prepare: !config.production });
  try {
    const broker = await createBroker(config, installation, log);
    const owner = connectDatabase({ url: installation.databaseUrl, role: null, max: 1, log });
    try {
      return await Promise.race([work({ config, installation, broker, owner, log }), stopped]);
    } finally {
      await owner.close();
      await broker.close();
    }
  } finally {
    await installation.release();
  }
}

/** The same with every route, those included that are called at the machine only. */
export function withRoutes<T>(work: (routes: readonly Route[]) => Promise<T>): Promise<T> {
  return withInstallation(({ broker, owner, installation }) => {
    const organizations = createOrganizations({ owner, authorize: broker.authorize });
    const refreshing = createRefreshing({ owner, authorize: broker.authorize });
    const rotatePepper = createRotatePepper({ owner, authorize: broker.authorize, roots: installation.roots });
    return work([
      ...allRoutes(broker),
      ...organizationRoutes(organizations),
      ...refreshingRoutes(refreshing),
      ...pepperRoutes(rotatePepper),
    ]);
  });
}

/** Run in the wrong folder, a command would otherwise make a new, empty installation there and find nothing in it. */
function requireDataFolder({ databaseUrl, dataDir }: Config): void {
  if (databaseUrl !== null || existsSync(path.join(dataDir, 'postgres'))) return;
  throw new ConfigurationError([
    {
      name: 'OTOBOT_DATA_DIR',
      message: `names no installation: there is none in ${dataDir}`,
      hint: 'run this where npm start runs, or set OTOBOT_DATA_DIR or DATABASE_URL as there; otobot migrate makes a new one',
    },
  ]);
}
