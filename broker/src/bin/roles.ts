import { openForGrants, openInstallation, type Installation } from '../app/installation';
import { createServing, type Serving } from '../app/serving';
import { VERSION } from '../app/version';
import { processWarnings } from '../config/process-limits';
import { takeConfig } from '../config/take-config';
import { classAndPlace } from '../errors/place';
import { serveGrants, serveHttp } from '../http/serve';
import { createLogger, type Logger } from '../log/logger';
import type { Config } from '../types/config';
import type { Surface } from '../types/surface';
import { startHeartbeat } from '../services/heartbeat';
import { untilFatal } from './fatal';
import { firstAccessKey } from './first-access-key';
import { greeting } from './greeting';
import { untilToldToStop } from './until-told-to-stop';

export interface Roles {
  /** null: it does not serve. */
  serve: Surface | null;
  refresh: boolean;
}

type Close = () => Promise<void>;

/** What is to be closed at the end. */
interface Opened {
  /** Serving and refreshing: ended together, because a reader's wait and a provider's answer may each take most of the time there is. */
  work: Close[];
  /** What they stand on: closed afterwards, the last first. */
  ground: Close[];
}

/** Opens what it needs, one thing after the other, runs until it is told to stop, and closes in the opposite order. */
export async function runRoles({ serve, refresh }: Roles): Promise<void> {
  const config = takeConfig();
  const log = createLogger(config.logLevel);
  // From here on: a signal while it starts must not leave the embedded server behind.
  const told = untilToldToStop();
  const fatal = untilFatal((error) => log.error('not caught: this process ends', { error: classAndPlace(error) }));
  const ending = new AbortController();
  const ended = Promise.race([told, fatal]).then(() => {
    ending.abort();
  });
  const installation =
    serve === 'grants'
      ? await openForGrants(config)
      : await openInstallation(config, log, { prepare: !config.production });
  // What a library may write; the embedded server's own folders have been made.
  process.umask(0o077);
  if (config.production) for (const warning of processWarnings()) log.warn(warning);
  const opened: Opened = { work: [], ground: [() => installation.release()] };
  try {
    const serving = serve === null ? null : await openServing(serve, { config, installation, log }, opened);
    if (refresh) await startRefreshing(config, installation, log, opened);
    // After all that fails where the database is away: a process that others have found must outlast that.
    const port = await serving?.listen();
    // Last: a key that was made before something else failed would be lost, and no other is ever shown.
    const accessKey =
      serving?.broker == null || config.production
        ? null
        : await firstAccessKey(serving.broker, { ending: ending.signal, log });
    process.stdout.write(greeting({ config, version: VERSION, surface: serve, refresh, accessKey, port }));
    await ended;
  } finally {
    await closeAll(opened);
  }
}

async function closeAll({ work, ground }: Opened): Promise<void> {
  try {
    await Promise.all(work.map((end) => end()));
  } finally {
    for (const close of ground.reverse()) await close();
  }
}

/** Longer than a statement or a reader's wait takes; a process that serves ends within 25 s. */
const WORK_ENDS_MS = 12_000;
const GROUND_CLOSES_MS = 5_000;

/** A database that accepts everything and answers nothing must keep neither this process nor its readers waiting. */
function cuttingAfter(ms: number, { cut }: Serving, log: Logger, end: () => Promise<unknown>): Close {
  return async () => {
    const timer = setTimeout(() => {
      log.warn('the database does not answer: its connections are cut, so that this process can end');
      cut();
    }, ms);
    await end().finally(() => clearTimeout(timer));
  };
}

interface Stage {
  config: Config;
  installation: Installation;
  log: Logger;
}

async function openServing(surface: Surface, { config, installation, log }: Stage, { work, ground }: Opened) {
  // What can call out is loaded only where it may: a process of the surface `grants` has nothing of it in memory.
  const broker =
    surface === 'all' ? await (await import('../app/broker.js')).createBroker(config, installation, log) : null;
  const serving = broker ?? (await createServing(config, installation, { surface, log }));
  ground.push(cuttingAfter(GROUND_CLOSES_MS, serving, log, () => serving.close()));
  broker?.sealer.start();
  const { vault, processId: id, database } = serving;
  const heartbeat = await startHeartbeat({ database, vault, log, id, role: 'serve', surface, version: VERSION });
  work.push(cuttingAfter(WORK_ENDS_MS, serving, log, () => heartbeat.stop()));
  const parts = { config, log, share: () => heartbeat.serving() };
  const listen = async (): Promise<number> => {
    const listening = await (broker === null ? serveGrants({ serving, ...parts }) : serveHttp({ broker, ...parts }));
    work.push(cuttingAfter(WORK_ENDS_MS, serving, log, () => listening.close()));
    return listening.port;
  };
  return { broker, listen };
}

async function startRefreshing(
  { outbound, dataDir, historyDays, auditDays, publicUrl }: Config,
  { databaseUrl, roots }: Installation,
  log: Logger,
  { work }: Opened,
): Promise<void> {
  const [{ createOutbound }, { startRefresher }] = await Promise.all([
    import('../outbound/outbound.js'),
    import('../worker/refresher.js'),
  ]);
  const refresher = await startRefresher({
    ...{ databaseUrl, dataDir, roots, historyDays, auditDays, publicUrl, log },
    outbound: createOutbound(outbound),
  });
  work.push(() => refresher.stop());
}
