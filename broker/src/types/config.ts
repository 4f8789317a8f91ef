import type { KeyObject } from 'node:crypto';

/** Everything that the environment decides, parsed and checked once (see config/). Durations and limits carry their unit in the name. */
export interface Config {
  production: boolean;
  host: string;
  port: number;
  /** Origin under which browsers reach the broker, without a trailing slash. */
  publicUrl: string;
  dataDir: string;
  /** null: bring an embedded PostgreSQL, kept in dataDir. */
  databaseUrl: string | null;
  /** null: not given (made on first start, except in production). */
  masterKey: KeyObject | null;
  previousMasterKey: KeyObject | null;
  serveKey: KeyObject | null;
  /** Hashes of the token shared with n8n; two while it is being replaced, none when it is not used. */
  internalTokens: { readonly hashes: readonly Buffer[] };
  logLevel: 'error' | 'warn' | 'info' | 'debug';
  /** What Express's `trust proxy` takes: a number of hops (0 trusts nobody), or addresses and ranges. */
  trustProxy: number | readonly string[];
  rateLimitPerMinute: number;
  /** How many days attempts to refresh are kept; 0: for ever. */
  historyDays: number;
  /** How many days the audit is kept; 0: for ever. */
  auditDays: number;
  /** Where the newest head of the audit's chain is sent each minute; null: only to the log. May hold a token. */
  auditHeadUrl: string | null;
  outbound: OutboundPolicy;
}

export interface OutboundPolicy {
  /** true: private addresses and http are allowed; 'loopback': only those of this machine. */
  allowPrivate: boolean | 'loopback';
  privateHosts: readonly string[];
}
