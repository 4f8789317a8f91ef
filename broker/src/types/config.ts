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
  /** 64 hex characters each. null: not given (made on first start, except in production). */
  masterKey: string | null;
  previousMasterKey: string | null;
  serveKey: string | null;
  /** S1's shared token; two while it is being rotated. */
  internalTokens: readonly string[];
  logLevel: 'error' | 'warn' | 'info' | 'debug';
  /** What Express's `trust proxy` takes: hops, or addresses and ranges; false trusts nobody. */
  trustProxy: false | number | readonly string[];
  rateLimitPerMinute: number;
  outbound: OutboundPolicy;
}

export interface OutboundPolicy {
  /** true: private addresses and http are allowed; 'loopback': only those of this machine. */
  allowPrivate: boolean | 'loopback';
  privateHosts: readonly string[];
}
