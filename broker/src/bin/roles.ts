import { createBroker } from '../app/broker';
import { openInstallation, type Installation } from '../app/installation';
import { VERSION } from '../app/version';
import { readConfig } from '../config/environment';
import { serveHttp } from '../http/serve';
import { createLogger, type Logger } from '../log/logger';
import type { Config } from '../types/config';
import { createOutbound } from '../outbound/outbound';
import { startHeartbeat } from '../services/heartbeat';
import { startRefresher } from '../worker/refresher';
import { firstAccessKey } from './first-access-key';
import { greeting } from './greeting';
import { untilToldToStop } from './until-told-to-stop';

export interface Roles {
  serve: boolean;
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
  const config = readConfig();
  const log = createLogger(config.logLevel);
  // From here on: a signal while it starts must not leave the embedded server behind.
  const told = untilToldToStop();
  const installation = await openInstallation(config, log, { prepare: !config.production });
  const opened: Opened = { work: [], ground: [() => installation.release()] };
  try {
    const serving = serve ? await startServing(config, installation, log, opened) : null;
    if (refresh) await startRefreshing(config, installation, log, opened);
    // Last: a key that was made before something else failed would be lost, and no other is ever shown.
    const accessKey = serving === null || config.production ? null : await firstAccessKey(serving.broker);
    process.stdout.write(greeting({ config, version: VERSION, refresh, accessKey, ...serving }));
    await told;
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

async function startServing(config: Config, installation: Installation, log: Logger, { work, ground }: Opened) {
  const broker = await createBroker(config, installation, log);
  ground.push(() => broker.close());
  const { vault, processId: id, database } = broker;
  const heartbeat = await startHeartbeat({ database, vault, log, id, role: 'serve', version: VERSION });
  work.push(() => heartbeat.stop());
  const listening = await serveHttp({ broker, config, log, share: () => heartbeat.serving() });
  work.push(() => listening.close());
  return { broker, port: listening.port };
}

async function startRefreshing(
  { outbound, dataDir, historyDays }: Config,
  { databaseUrl, roots }: Installation,
  log: Logger,
  { work }: Opened,
): Promise<void> {
  const refresher = await startRefresher({
    ...{ databaseUrl, dataDir, roots, historyDays, log },
    outbound: createOutbound(outbound),
  });
  work.push(() => refresher.stop());
}
