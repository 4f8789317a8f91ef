import { setTimeout as sleep } from 'node:timers/promises';
import { createData, SUPERUSER, type Programs } from './create-data';
import { exclusively } from './exclusively';
import { openInstallation, superuserPassword, type Installation } from './installation';
import { launch, stop, untilReady, type Settings } from './launch';
import { ensureDatabase, join, nobodyLeft, type Membership } from './membership';
import { locateNative, prepareLibraries } from './native';
import { runningServer } from './running';
import { leaveRoot } from './unprivileged';

const DATABASE = 'otobot';
const RECOVER_EVERY_MS = 500;

export interface EmbeddedOptions {
  /** Shared by all processes of one installation. Created, and kept 0700. */
  readonly dataDir: string;
  /** More settings of the server, for whoever starts it. */
  readonly settings?: Settings;
}

export interface EmbeddedServer {
  /** Of the superuser, on the application's own database. Holds a password: never log it. */
  readonly url: string;
  readonly pid: number;
  readonly port: number;
  /** False when another process of this installation had started the server, or left it behind. */
  readonly startedHere: boolean;
  /** Leaves the installation; the last one out stops the server. May be called twice. */
  release(): Promise<void>;
}

interface Entry {
  readonly pid: number;
  readonly port: number;
  readonly startedHere: boolean;
  readonly membership: Membership;
}

/**
 * Starts the embedded PostgreSQL of a data folder, or joins the one that runs. While we are a member, a server that
 * dies is started again on its port. Throws a ConfigurationError where the platform has none.
 */
export async function startEmbedded({ dataDir, settings = {} }: EmbeddedOptions): Promise<EmbeddedServer> {
  const installation = openInstallation(dataDir);
  const first = await exclusively(installation, () => enter(installation, settings));
  let current = first;
  let released: Promise<void> | null = null;

  const watch = (): void => {
    current.membership.onLost(() => void recover());
  };
  const recover = async (): Promise<void> => {
    while (released === null) {
      const entered = exclusively(installation, async () => {
        if (released === null) current = await enter(installation, settings, current.port);
      });
      if (await succeeds(entered)) {
        watch();
        return;
      }
      await sleep(RECOVER_EVERY_MS, undefined, { ref: false });
    }
  };
  watch();
  return {
    url: urlOf(installation, first.port, DATABASE),
    get pid() {
      return current.pid;
    },
    port: first.port,
    startedHere: first.startedHere,
    release: () => (released ??= exclusively(installation, () => leave(installation, current.membership))),
  };
}

/** Under the start lock: a running server, our membership in it, and the database. */
async function enter(installation: Installation, settings: Settings, port = 0): Promise<Entry> {
  const password = superuserPassword(installation);
  // One that is just stopping, because somebody told it to, is waited for and then started anew.
  const adopted = await untilReady(installation.data, { happened: true });
  const server = adopted ?? (await startServer(installation, password, { settings, port }));
  const startedHere = adopted === null;
  try {
    const admin = urlOf(installation, server.port, 'postgres');
    const membership = await join(admin);
    await ensureDatabase(admin, DATABASE);
    return { pid: server.pid, port: server.port, startedHere, membership };
  } catch (error) {
    if (startedHere) await stop(installation.data);
    throw error;
  }
}

async function startServer(
  installation: Installation,
  password: string,
  options: { settings: Settings; port: number },
): ReturnType<typeof launch> {
  const native = locateNative();
  const unprivileged = leaveRoot(installation.home);
  const programs: Programs = { native, unprivileged, env: prepareLibraries(native, installation) };
  await createData(installation, programs, { password, durable: options.settings.fsync !== 'off' });
  return launch(installation, programs, options);
}

async function leave(installation: Installation, membership: Membership): Promise<void> {
  await membership.leave();
  const server = runningServer(installation.data);
  if (server === null) return;
  if (await nobodyLeft(urlOf(installation, server.port, 'postgres'))) await stop(installation.data);
}

function urlOf(installation: Installation, port: number, database: string): string {
  return `postgres://${SUPERUSER}:${superuserPassword(installation)}@127.0.0.1:${port}/${database}`;
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
