import pg from 'pg';
import { unknownFrom } from './unknown';

const CONNECT_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 10_000;

export type Query = <Row extends object>(text: string, values: readonly unknown[]) => Promise<Row[]>;

/**
 * Lends `work` one snapshot of the database, as a role that can read metadata only and in a session that cannot write.
 * Throws Unknown when the database does not answer.
 */
export async function readOnly<T>(url: string, work: (query: Query) => Promise<T>): Promise<T> {
  const client = new pg.Client(settings(url));
  client.on('error', () => undefined); // told by the query that it fails
  try {
    await client.connect();
    await client.query('begin isolation level repeatable read read only');
    return await work(async <Row extends object>(text: string, values: readonly unknown[]) => {
      const { rows } = await client.query<Row>(text, [...values]);
      return rows;
    });
  } catch (error) {
    throw unknownFrom(error);
  } finally {
    // Not waited for: a server that hangs would keep us here.
    client.end().catch(() => undefined);
  }
}

function settings(url: string): pg.ClientConfig {
  const own = [
    '-c role=otobot_monitor',
    '-c default_transaction_read_only=on',
    `-c statement_timeout=${ANSWER_WITHIN_MS}`,
    '-c TimeZone=UTC',
    '-c jit=off', // compiling took most of the time of statements that run once
  ];
  const parsed = new URL(url);
  const given = parsed.searchParams.get('options');
  parsed.searchParams.delete('options'); // in the URL it would win over ours
  return {
    connectionString: parsed.toString(),
    options: [given, ...own].filter(Boolean).join(' '),
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS + 1_000, // when the server hangs and cannot keep its own promise
    application_name: 'monitor-tokens',
  };
}
