import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** "otobot" in ASCII: the advisory lock that every process using the embedded server holds, shared. */
const MEMBERS = "x'6f746f626f74'::bigint";
/** A process that was killed is gone at once, its backend a moment later. */
const DYING_BACKENDS_MS = 250;
/** After the crash of one backend the server restarts them all and refuses connections for a moment. */
const CANNOT_CONNECT_NOW = '57P03';
const RECOVERING_MS = 30_000;
const RECOVERING_LOOK_MS = 50;

/** What makes a process a member of the installation: a connection, which the kernel closes even after kill -9. */
export interface Membership {
  /** Called once if the connection ends otherwise than by leave(). */
  onLost(listener: () => void): void;
  leave(): Promise<void>;
}

/** Joins, on the maintenance database, so that dropping the database of the application stays possible. */
export async function join(adminUrl: string): Promise<Membership> {
  const client = await connect(adminUrl, 'otobot member');
  await client.query(`select pg_advisory_lock_shared(${MEMBERS})`);
  // Being a member is no reason to stay alive (pg has this method, its types do not).
  (client as Client & { unref(): void }).unref();
  let left = false;
  let lost = (): void => undefined;
  client.once('end', () => {
    if (!left) lost();
  });
  return {
    onLost: (listener) => {
      lost = listener;
    },
    leave: async () => {
      left = true;
      await client.end().catch(() => undefined);
    },
  };
}

/** Whether no member is left. Call under the start lock, after leaving. */
export async function nobodyLeft(adminUrl: string): Promise<boolean> {
  const client = await connect(adminUrl, 'otobot leaving');
  try {
    for (let waitedMs = 0; ; waitedMs += 10) {
      const { rows } = await client.query<{ alone: boolean }>(`select pg_try_advisory_lock(${MEMBERS}) as alone`);
      if (rows[0]?.alone) return true;
      if (waitedMs >= DYING_BACKENDS_MS) return false;
      await sleep(10);
    }
  } finally {
    await client.end();
  }
}

/** Creates a database unless it is there. Call under the start lock. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  const client = await connect(adminUrl, 'otobot start');
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

async function connect(connectionString: string, applicationName: string): Promise<Client> {
  for (let waitedMs = 0; ; waitedMs += RECOVERING_LOOK_MS) {
    const client = new Client({ connectionString, application_name: applicationName });
    client.on('error', () => undefined); // 'end' follows and is what counts
    try {
      await client.connect();
      return client;
    } catch (error) {
      if ((error as { code?: string }).code !== CANNOT_CONNECT_NOW || waitedMs >= RECOVERING_MS) throw error;
      await sleep(RECOVERING_LOOK_MS);
    }
  }
}
