import type { Broker } from '../app/broker';
import type { Serving } from '../app/serving';
import type { Logger } from '../log/logger';
import type { Config } from '../types/config';
import type { DoorLimits } from './bulkheads';
import { PAGES } from './documentation/pages';
import type { Documented } from './documentation/problems';
import { expressMessages } from './express-messages';
import { createLimits } from './limits';
import { listen, type Listening } from './listen';
import type { Route } from './route';
import { auditHeadRoutes } from './routes/audit-head';
import { credentialRoutes } from './routes/credentials';
import { managementRoutes } from './routes/management';
import { systemRoutes } from './routes/system';
import { TOKEN_ROUTE } from './token/token-endpoint';
import { createServer, type ServerParts } from './server';
import { tallyTurnedAway } from './turned-away';

/** Every route of the broker, in one list: the server, the documentation and the isolation tests read it. */
export function allRoutes(broker: Broker): Route[] {
  return [...grantRoutes(broker), ...managementRoutes(broker), ...auditHeadRoutes(broker)];
}

/** What is left of them with `--surface grants`. */
export function grantRoutes(serving: Serving): Route[] {
  return [...systemRoutes(serving), ...credentialRoutes(serving)];
}

/** What /openapi.json and /docs tell of. */
export function documentedRoutes(routes: readonly Route[]): Documented[] {
  return [...routes, TOKEN_ROUTE, ...PAGES];
}

export interface ServeParts {
  config: Pick<Config, 'host' | 'port' | 'trustProxy' | 'rateLimitPerMinute' | 'publicUrl'>;
  log: Logger;
  /** How much is let in; not given: what a process can hold. */
  door?: Partial<DoorLimits> | undefined;
  /** How many processes serve, this one included: each allows its share of a limit. */
  share: () => number;
}

/** Puts the broker on its port. Throws ConfigurationError when the port or host is not to be had. */
export function serveHttp({ broker, ...parts }: ServeParts & { broker: Broker }): Promise<Listening> {
  const routes = allRoutes(broker);
  return listenFor(broker, { routes, connect: broker.connect, documented: documentedRoutes(routes) }, parts);
}

/** The same with the surface `grants`: credentials, and nothing else. */
export function serveGrants({ serving, ...parts }: ServeParts & { serving: Serving }): Promise<Listening> {
  return listenFor(serving, { routes: grantRoutes(serving), connect: null, documented: null }, parts);
}

function listenFor(
  serving: Serving,
  surface: Pick<ServerParts, 'routes' | 'connect' | 'documented'>,
  { config, log, share, door }: ServeParts,
): Promise<Listening> {
  const limits = createLimits(config.rateLimitPerMinute, share, serving.failures);
  const server = createServer({
    ...serving,
    ...surface,
    limits,
    log,
    trustProxy: config.trustProxy,
    publicUrl: config.publicUrl,
  });
  return listen(server, {
    ...config,
    messages: expressMessages(server),
    limits: door,
    tally: tallyTurnedAway(log, serving.refusals),
  });
}
