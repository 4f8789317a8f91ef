import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { ConfigurationError, type Mistake } from '../errors/configuration-error';
import { createPolicy } from '../outbound/policy';
import { parseInternalTokens } from '../secrets/internal-token';
import type { Config } from '../types/config';
import { parseMasterKey } from '../vault/roots';
import { unsafeNodeOptions } from './node-options';

type Environment = Readonly<Record<string, string | undefined>>;

/** May also be given as the name of a file, in NAME_FILE: how containers receive secrets. */
export const SECRETS = [
  'ENCRYPTION_MASTER_KEY',
  'ENCRYPTION_MASTER_KEY_PREVIOUS',
  'ENCRYPTION_SERVE_KEY',
  'INTERNAL_API_TOKEN',
  'DATABASE_URL',
  'AUDIT_HEAD_URL',
] as const;

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

const key = (name: string, hint?: string) => z.string().transform(checked((hex) => parseMasterKey(name, hex, hint)));
const flag = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

/** Every variable, parsed; an empty one counts as not given. */
const variables = z.object({
  // A misspelt "production" must not pass for a trial, which would invent a database and a key.
  NODE_ENV: z.enum(['production', 'development', 'test'], 'must be production, development or test').optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: whole(0, 65_535).default(3001),
  PUBLIC_URL: z
    .string()
    .refine(isOrigin, 'must be an origin such as https://otobot.example.com (http only on a loopback host)')
    .optional(),
  OTOBOT_DATA_DIR: z.string().default('.otobot'),
  DATABASE_URL: z
    .string()
    .refine(isPostgresUrl, 'must look like postgres://user:password@host:5432/database')
    .optional(),
  ENCRYPTION_MASTER_KEY: key('ENCRYPTION_MASTER_KEY').optional(),
  ENCRYPTION_MASTER_KEY_PREVIOUS: key('ENCRYPTION_MASTER_KEY_PREVIOUS').optional(),
  ENCRYPTION_SERVE_KEY: key('ENCRYPTION_SERVE_KEY', 'otobot keys serve-key shows it').optional(),
  INTERNAL_API_TOKEN: z.string().transform(checked(parseInternalTokens)).optional(),
  LOG_LEVEL: z.enum(['error', 'warn', 'info', 'debug'], 'must be error, warn, info or debug').default('info'),
  TRUST_PROXY: z
    .string()
    .refine(isTrustProxy, 'must be a number of hops, or addresses and ranges such as 10.0.0.0/8')
    .default('0'),
  RATE_LIMIT_PER_MINUTE: whole(1, 10_000_000).default(6_000),
  // Yesterday's attempts may still be open, and whoever looks into a failure wants to see them.
  HISTORY_DAYS: z
    .string()
    .regex(/^(0|[2-9]|[1-9]\d{1,3})$/, 'must be a whole number of days from 2 to 9999, or 0 for ever')
    .transform(Number)
    .default(90),
  // GET /v1/connections/:id/usage looks back 30 days.
  AUDIT_DAYS: z
    .string()
    .regex(/^(0|[3-9]\d|[1-9]\d{2,3})$/, 'must be a whole number of days from 30 to 9999, or 0 for ever')
    .transform(Number)
    .default(365),
  AUDIT_HEAD_URL: z.string().refine(isWebUrl, 'must be a URL such as https://log.example.com/otobot').optional(),
  OTOBOT_ALLOW_PRIVATE_PROVIDERS: flag.optional(),
  OTOBOT_PRIVATE_HOSTS: list
    .refine(areHosts, 'must be host, host:port or addresses, with a comma between them')
    .default([]),
});

/** Turns the environment into a Config. Throws one ConfigurationError with every mistake, by name and never with a value. */
export function readConfig(
  environment: Environment = process.env,
  execArgv: readonly string[] = process.execArgv,
): Config {
  const { values, mistakes } = withSecretFiles(environment);
  const parsed = variables.safeParse(values);
  for (const issue of parsed.error?.issues ?? []) {
    mistakes.push({ name: String(issue.path[0]), message: issue.message, hint: 'see .env.example' });
  }
  if (environment.NODE_ENV === 'production')
    mistakes.push(...missingInProduction(values), ...unsafeNodeOptions(environment, execArgv));
  if (parsed.data === undefined || mistakes.length > 0) throw new ConfigurationError(mistakes);

  const v = parsed.data;
  const embedded = v.DATABASE_URL === undefined;
  return {
    production: v.NODE_ENV === 'production',
    host: v.HOST,
    port: v.PORT,
    publicUrl: new URL(v.PUBLIC_URL ?? `http://localhost:${v.PORT}`).origin,
    dataDir: path.resolve(v.OTOBOT_DATA_DIR),
    databaseUrl: v.DATABASE_URL ?? null,
    masterKey: v.ENCRYPTION_MASTER_KEY ?? null,
    previousMasterKey: v.ENCRYPTION_MASTER_KEY_PREVIOUS ?? null,
    serveKey: v.ENCRYPTION_SERVE_KEY ?? null,
    internalTokens: v.INTERNAL_API_TOKEN ?? { hashes: [] },
    logLevel: v.LOG_LEVEL,
    trustProxy: /^\d+$/.test(v.TRUST_PROXY) ? Number(v.TRUST_PROXY) : list.parse(v.TRUST_PROXY),
    rateLimitPerMinute: v.RATE_LIMIT_PER_MINUTE,
    historyDays: v.HISTORY_DAYS,
    auditDays: v.AUDIT_DAYS,
    auditHeadUrl: v.AUDIT_HEAD_URL ?? null,
    outbound: {
      // On the embedded database this is a trial on one machine, where providers may be on loopback too.
      allowPrivate: v.OTOBOT_ALLOW_PRIVATE_PROVIDERS ?? (embedded ? 'loopback' : false),
      privateHosts: v.OTOBOT_PRIVATE_HOSTS,
    },
  };
}

function withSecretFiles(environment: Environment): { values: Environment; mistakes: Mistake[] } {
  const values: Record<string, string | undefined> = {};
  for (const name of Object.keys(variables.shape))
    values[name] = environment[name] === '' ? undefined : environment[name];
  const mistakes: Mistake[] = [];
  for (const name of SECRETS) {
    const file = environment[`${name}_FILE`];
    if (file === undefined || file === '') continue;
    if (values[name] !== undefined) {
      mistakes.push({ name, message: `is given twice, as ${name} and as ${name}_FILE`, hint: 'remove one of them' });
      continue;
    }
    try {
      values[name] = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
      mistakes.push({
        name: `${name}_FILE`,
        message: `names a file that cannot be read (${code})`,
        hint: 'check the path and its owner',
      });
    }
  }
  return { values, mistakes };
}

/** Production invents nothing: no database, no key, no address. */
function missingInProduction(values: Environment): Mistake[] {
  const missing = (name: string, hint: string): Mistake[] =>
    values[name] === undefined ? [{ name, message: 'is required when NODE_ENV=production', hint }] : [];
  const serveKeyGiven = values.ENCRYPTION_SERVE_KEY !== undefined;
  return [
    ...missing('DATABASE_URL', 'for example postgres://user:password@host:5432/otobot'),
    ...(serveKeyGiven
      ? []
      : missing(
          'ENCRYPTION_MASTER_KEY',
          'make one with: openssl rand -hex 32, and keep a copy apart from the database; with --surface grants give ENCRYPTION_SERVE_KEY instead',
        )),
    ...missing('PUBLIC_URL', 'the https origin under which clients reach the Connect page'),
  ];
}

function whole(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max, message)
    .transform(Number);
}

/** Lifts a parser that throws ConfigurationError into the schema, so that its mistakes join the others. */
function checked<T>(parse: (text: string) => T) {
  return (text: string, context: z.RefinementCtx): T => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      for (const { message, hint } of error.mistakes)
        context.addIssue({ code: 'custom', message: `${message}; ${hint}` });
      return z.NEVER;
    }
  };
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const plain = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  return plain && (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK_NAMES.includes(url.hostname)));
}

function isPostgresUrl(text: string): boolean {
  return URL.canParse(text) && ['postgres:', 'postgresql:'].includes(new URL(text).protocol);
}

function isWebUrl(text: string): boolean {
  return URL.canParse(text) && ['https:', 'http:'].includes(new URL(text).protocol);
}

function isTrustProxy(text: string): boolean {
  if (/^\d{1,2}$/.test(text)) return true;
  const parts = list.parse(text);
  return (
    parts.length > 0 &&
    parts.every(
      (part) => ['loopback', 'linklocal', 'uniquelocal'].includes(part) || isIP(part) !== 0 || ipaddr.isValidCIDR(part),
    )
  );
}

function areHosts(privateHosts: readonly string[]): boolean {
  try {
    createPolicy({ allowPrivate: false, privateHosts });
    return true;
  } catch {
    return false;
  }
}
