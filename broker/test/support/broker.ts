import { createSecretKey, randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { createBroker, type Broker } from '../../src/app/broker';
import { connectDatabase } from '../../src/db/database';
import type { DoorLimits } from '../../src/http/bulkheads';
import { serveHttp } from '../../src/http/serve';
import { createLogger, type Logger } from '../../src/log/logger';
import { ensureDataKeys } from '../../src/services/encryption-keys';
import type { Config } from '../../src/types/config';
import { rootsOfMaster, type Roots } from '../../src/vault/roots';
import type { TestDatabase } from './database';
import { requireDocumented } from './documented';

export interface TestBroker {
  url: string;
  broker: Broker;
  close(): Promise<void>;
}

export interface TestBrokerOptions {
  /** The same for all brokers on one database. */
  roots: Roots;
  log?: Logger;
  config?: Partial<Config>;
  /** How many processes serve; 1. */
  share?: () => number;
  door?: Partial<DoorLimits>;
}

/** What a test does not look at; a broker that is to be heard gets a log of its own. */
export const silent: Logger = createLogger(
  'error',
  new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  }),
);

/** Roots under a master key of this test's own, with the data keys made in its database. */
export async function makeRoots(database: TestDatabase, master = randomBytes(32)): Promise<Roots> {
  const roots = { current: rootsOfMaster(createSecretKey(master)), previous: null };
  const owner = connectDatabase({ url: database.url, role: null, max: 1, log: silent });
  await ensureDataKeys(owner, roots);
  await owner.close();
  return roots;
}

/** A broker on a free port of loopback, in this process, on real PostgreSQL. */
export async function startBroker(
  database: TestDatabase,
  { roots, log = silent, config = {}, share = () => 1, door }: TestBrokerOptions,
): Promise<TestBroker> {
  const whole: Config = { ...testConfig(database), ...config };
  const broker = await createBroker(whole, { databaseUrl: database.url, roots, release: () => Promise.resolve() }, log);
  const listening = await serveHttp({ broker, config: whole, log, share, door });
  return {
    url: `http://127.0.0.1:${listening.port}`,
    broker,
    close: async () => {
      await listening.close();
      await broker.close();
    },
  };
}

function testConfig({ url }: TestDatabase): Config {
  return {
    production: false,
    host: '127.0.0.1',
    port: 0,
    publicUrl: 'http://127.0.0.1',
    dataDir: '/dev/null/otobot', // cannot be made, by root neither: tests would find each other's files there
    databaseUrl: url,
    masterKey: null,
    previousMasterKey: null,
    serveKey: null,
    internalTokens: { hashes: [] },
    logLevel: 'error',
    trustProxy: 0,
    rateLimitPerMinute: 100_000,
    historyDays: 90,
    auditDays: 365,
    auditHeadUrl: null,
    outbound: { allowPrivate: true, privateHosts: [] },
  };
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // The tests read whatever came back; expectations are their types.
  json: Record<string, unknown>;
}

/** One request as a program would send it. A body is sent as JSON. */
export async function call(
  url: string,
  {
    method = 'GET',
    key,
    body,
    headers = {},
  }: { method?: string; key?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = /[/+]json\b/.test(response.headers.get('content-type') ?? '')
    ? (JSON.parse(text) as Record<string, unknown>)
    : {};
  const answer = { status: response.status, headers: response.headers, text, json };
  requireDocumented(method, url, answer);
  return answer;
}
