import type { Broker } from '../app/broker';
import type { Logger } from '../log/logger';
import type { Config } from '../types/config';
import { createLimits } from './limits';
import { listen, type Listening } from './listen';
import type { Route } from './route';
import { credentialRoutes } from './routes/credentials';
import { managementRoutes } from './routes/management';
import { systemRoutes } from './routes/system';
import { createServer } from './server';

/** Every route of the broker, in one list: the server, the documentation and the isolation tests read it. */
export function allRoutes(broker: Broker): Route[] {
  return [...systemRoutes(broker), ...credentialRoutes(broker), ...managementRoutes(broker)];
}

export interface ServeParts {
  broker: Broker;
  config: Pick<Config, 'host' | 'port' | 'trustProxy' | 'rateLimitPerMinute' | 'publicUrl'>;
  log: Logger;
  /** How many processes serve, this one included: each allows its share of a limit. */
  share: () => number;
}

/** Puts the broker on its port. Throws ConfigurationError when the port or host is not to be had. */
export function serveHttp({ broker, config, log, share }: ServeParts): Promise<Listening> {
  const limits = createLimits(config.rateLimitPerMinute, share);
  const server = createServer({
    ...broker,
    routes: allRoutes(broker),
    limits,
    log,
    trustProxy: config.trustProxy,
    publicUrl: config.publicUrl,
  });
  return listen(server, config);
}
