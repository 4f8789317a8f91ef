import pg from 'pg';
import { Problem } from '../errors/problem';
import type { Logger } from '../log/logger';
import { createLines } from './lines';

export interface Statement {
  /** Prepared once per connection under this name: for the statements of the hot paths. */
  name?: string;
  text: string;
  values?: readonly unknown[];
}

/** Runs one statement and returns its rows. Parameters only, never text put together. */
export interface Queryable {
  query<Row extends object>(statement: Statement): Promise<Row[]>;
}

/** A parameter called `tx` means "inside a transaction". */
export type Tx = Queryable & { readonly transaction: true };

export interface Database extends Queryable {
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A transaction in which row-level security shows this organization's rows alone. */
  asTenant<T>(organizationId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** For a server that hangs: what waits for it, and whatever is asked from now on, fails at once as `database_unavailable`. */
  cut(): void;
  close(): Promise<void>;
}

export type DatabaseRole = 'otobot_serve' | 'otobot_audit' | 'otobot_seal' | 'otobot_refresh' | 'otobot_monitor';

export interface DatabaseOptions {
  url: string;
  /** The role the pool takes on; null works as the owner of the tables (migrations and the operator's own commands). */
  role: DatabaseRole | null;
  max?: number;
  statementTimeoutMs?: number;
  /**
   * For a server that hangs, and so does not end the statement either: what is not answered by then fails, and its connection with it.
   * A second after the server should have ended it, unless given.
   */
  answerWithinMs?: number;
  log: Logger;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
// int8 comes as text by default; versions, sequences and counts stay far below 2^53.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

/** Opens a pool whose every connection works under one role. Connection failures reach callers as Problem database_unavailable. */
export function connectDatabase(options: DatabaseOptions): Database {
  const { url, role, max = 10, statementTimeoutMs = 10_000, answerWithinMs, log } = options;
  const { stream, cut } = createLines();
  const pool = new pg.Pool({
    ...poolConfig(url, role, statementTimeoutMs),
    query_timeout: answerWithinMs ?? statementTimeoutMs + SILENCE_MS,
    max,
    types,
    stream,
  });
  // An idle connection that dies (a restart of PostgreSQL) must not end the process; the next query opens another.
  pool.on('error', (error) => log.warn('database connection lost', { error: error.message }));
  // The pool listens only while a client is idle in it; an event 'error' that nobody hears would end the process. Whoever uses the
  // client learns of it from the statement that fails.
  pool.on('connect', (client) => client.on('error', ignore));

  const transaction = async <T>(begin: string, work: (tx: Tx) => Promise<T>): Promise<T> => {
    const client = await acquire(pool);
    let broken: Error | undefined;
    try {
      await client.query(begin);
      const result = await work({ transaction: true, query: (statement) => run(client, statement) });
      await client.query('commit');
      return result;
    } catch (error) {
      if (isSilence(error)) broken = error;
      else await client.query('rollback').catch((rollbackError: unknown) => (broken = rollbackError as Error));
      throw translate(error);
    } finally {
      client.release(broken);
    }
  };

  return {
    query: (statement) => run(pool, statement),
    transaction: (work) => transaction('begin', work),
    asTenant: (organizationId, work) => {
      // A setting takes no parameter; the pattern is what makes the text safe.
      if (!UUID.test(organizationId)) throw new Error('asTenant needs the id of an organization');
      return transaction(`begin; set local otobot.organization_id = '${organizationId}'`, work);
    },
    cut,
    close: () => pool.end(),
  };
}

/** One connection of its own, for what belongs to a session: advisory locks, LISTEN. It is ended with endSession. */
export async function connectSession(url: string, role: DatabaseRole | null): Promise<pg.Client> {
  const client = new pg.Client({ ...poolConfig(url, role, 0), keepAlive: true });
  client.on('error', ignore); // 'end' follows, and statements fail
  try {
    await client.connect();
  } catch (error) {
    throw translate(error);
  }
  return client;
}

const GOODBYE_MS = 1_000;

/** Takes leave of the server; where that does not answer, the session ends all the same. */
export async function endSession(session: pg.Client): Promise<void> {
  const cut = setTimeout(() => session.connection.stream.destroy(), GOODBYE_MS);
  await session.end().catch(ignore);
  clearTimeout(cut);
}

const SILENCE_MS = 1_000;
const IDLE_IN_TRANSACTION_MS = 15_000;
const ignore = (): void => undefined;

/**
 * The worker's statements read rows by key, a batch at a time. Left to statistics, which lag behind (a table that was small, a partition
 * that was empty when it was looked at), PostgreSQL now and then read a whole table for each batch: *measured*, a completion cost it 0.6 ms
 * at first and 2.7 ms after 36,000 refreshes. So it is left one kind of plan, which is made once and not compiled.
 */
const BY_KEY = [
  ...[
    'enable_seqscan=off',
    'enable_bitmapscan=off',
    'enable_hashjoin=off',
    'enable_mergejoin=off',
    'enable_material=off',
  ],
  ...['plan_cache_mode=force_generic_plan', 'jit=off'],
];

/**
 * The sealer asks the same each second of every day's partition: to plan that takes PostgreSQL longer than to do it. A plan from when
 * today was empty must not read it whole tonight.
 */
const PLANNED_ONCE = [
  ...['enable_seqscan=off', 'enable_bitmapscan=off'],
  ...['plan_cache_mode=force_generic_plan', 'jit=off'],
];

function plansOf(role: DatabaseRole | null): string[] {
  if (role === 'otobot_refresh') return BY_KEY;
  return role === 'otobot_seal' ? PLANNED_ONCE : [];
}

function poolConfig(url: string, role: DatabaseRole | null, statementTimeoutMs: number): pg.ClientConfig {
  // A process that freezes inside a transaction must not keep its locks from the others.
  const idle = `idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_MS}`;
  const settings = [role && `role=${role}`, `statement_timeout=${statementTimeoutMs}`, idle, 'TimeZone=UTC'];
  const own = [...settings, ...plansOf(role)].filter(Boolean).map((setting) => `-c ${String(setting)}`);
  const parsed = new URL(url);
  const given = parsed.searchParams.get('options');
  parsed.searchParams.delete('options'); // in the URL it would win over ours
  return {
    connectionString: parsed.toString(),
    options: [given, ...own].filter(Boolean).join(' '),
    connectionTimeoutMillis: 5_000,
    application_name: `otobot ${role ?? 'owner'}`,
  };
}

async function acquire(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw translate(error);
  }
}

async function run<Row extends object>(on: pg.Pool | pg.ClientBase, { values, ...rest }: Statement): Promise<Row[]> {
  try {
    const result = await on.query<Row>({ ...rest, values: values as unknown[] });
    return result.rows;
  } catch (error) {
    throw translate(error);
  }
}

// PostgreSQL's own codes (appendix A of its manual): 08 connection, 53 resources, 57 intervention, 25006 read-only.
const UNAVAILABLE = /^(08|53|57P0|57014|25006|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)/;
const CONNECTION_TEXT =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Serialization failure and deadlock: of two changes that waited for each other this one was given up, whole. */
const COLLISION = /^(40001|40P01)$/;

/** The server was asked and has said nothing: asking it to roll back would be another wait. */
function isSilence(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error.message === 'Query read timeout' || isSilence(error.cause);
}

/** What the driver throws when the database is away becomes the one problem that callers can act on; all else passes unchanged. */
function translate(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (COLLISION.test(code)) {
    return new Problem(
      'database_unavailable',
      'Another change was made at the same moment, and this one gave way to it. Nothing was changed; try again.',
      { cause: error, extras: { retryAfterSeconds: 1 } },
    );
  }
  if (!UNAVAILABLE.test(code) && !CONNECTION_TEXT.test(error.message) && !(error instanceof AggregateError))
    return error;
  return new Problem(
    'database_unavailable',
    'The database does not answer. Try again shortly; if it lasts, check DATABASE_URL and the server.',
    {
      cause: error,
      extras: { retryAfterSeconds: 2 },
    },
  );
}

/** True for a violated unique constraint (23505): what the caller wanted to create exists already. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === '23505';
}

/** True where PostgreSQL looked at a statement and refused it: sent again, it would be refused again. */
export function isRefusal(error: unknown): boolean {
  return error instanceof pg.DatabaseError;
}

/** True where it was a value that PostgreSQL refused (class 22), such as text with a NUL: nothing was written, and another try changes nothing. */
export function isBadValue(error: unknown): boolean {
  return isRefusal(error) && ((error as pg.DatabaseError).code ?? '').startsWith('22');
}
