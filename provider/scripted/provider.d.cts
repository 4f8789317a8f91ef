import type { IncomingMessage } from 'node:http';

/** Every secret that the provider makes up begins so: a search for it finds all leaks. */
export const CANARY: string;
export const DEFAULT_BEHAVIOUR: Behaviour;
export const MODES: Readonly<Record<ModeName, Partial<Behaviour>>>;

/** How the provider treats requests and tokens. Set for all, for an app or for one consent; the narrower wins. */
export interface Behaviour {
  /** What a used refresh token is worth: nothing, all, or as much as before for `graceMs`. */
  rotation: 'single-use' | 'none' | 'grace';
  graceMs: number;
  /** A used refresh token that comes back when it is worth nothing ends the whole consent. */
  reuseEndsConsent: boolean;
  /** What stands in `refresh_token` when nothing was rotated. */
  unrotated: 'absent' | 'null' | 'empty' | 'same';
  /** Whether an account's second consent to the same app brings a refresh token too. */
  refreshTokenFor: 'every-consent' | 'first-consent';
  accessToken: 'new' | 'same-until-expired';
  /** A refresh ends the access token that came before. */
  refreshKillsAccessToken: boolean;
  /** Sent as it stands; undefined: no such field. A sensible number is also how long the token lives. */
  expiresIn: unknown;
  /** The consent ends so long after it was given, or after it was last used; null: never. */
  absoluteMs: number | null;
  idleMs: number | null;
  /** More fields in every answer, and more parameters in every redirect, such as `instance_url`; '{origin}' is where the provider is. */
  extra: Readonly<Record<string, unknown>>;
  redirectExtra: Readonly<Record<string, string>>;
  format: 'json' | 'form';
  /** How a dead grant is refused. */
  refusal: Readonly<Record<string, unknown>>;
  refusalStatus: number;
  /** So many calls per consent in that time; more are answered with `limitAnswer`, where '{seconds}' and '{date}' are filled in. */
  limit: { calls: number; windowMs: number } | null;
  limitAnswer: { status: number; headers: Readonly<Record<string, string>>; body: Readonly<Record<string, unknown>> };
  /** Between the moment when the tokens move and the answer. */
  delayMs: number;
  /** Where refresh tokens are redeemed. */
  refreshPath: 'any' | '/token' | '/renew';
  requestFormat: 'any' | 'form' | 'json';
  clientAuth: 'any' | 'header' | 'body';
  clientIdParam: 'client_id' | 'client_key';
  /** 'type': `type=web_server` and `type=refresh` in place of a `grant_type`. */
  grantParam: 'grant_type' | 'type';
  /** How old a long-lived token must be before it can be renewed (Instagram, Threads). */
  minAgeMs: number;
}

export type ModeName =
  | 'rotate-single-use'
  | 'rotate-with-grace'
  | 'rotate-with-grace-30m'
  | 'rotate-with-grace-10m'
  | 'rotate-with-grace-1m'
  | 'rotate-family-kill'
  | 'rotate-with-grace-then-family-kill'
  | 'no-rotation'
  | 'null-refresh-token'
  | 'empty-refresh-token'
  | 'same-refresh-token'
  | 'refresh-token-for-first-consent'
  | 'same-token-until-expired'
  | 'refresh-kills-access-token'
  | 'no-expires-in'
  | 'expires-in-zero'
  | 'expires-in-string'
  | 'expires-in-absurd'
  | 'expires-in-negative'
  | 'absolute-cap'
  | 'idle-cap'
  | 'tenant-url-in-answer'
  | 'tenant-url-in-redirect'
  | 'form-encoded'
  | 'invalid-grant-as-403'
  | 'error-with-200'
  | 'ten-per-10-min'
  | 'ten-per-10-min-retry-after-seconds'
  | 'ten-per-10-min-retry-after-date'
  | 'ten-per-10-min-retry-after-absurd'
  | 'ten-per-10-min-retry-after-garbage'
  | 'slow-12s'
  | 'separate-refresh-url'
  | 'json-body'
  | 'form-body'
  | 'client-in-header'
  | 'client-in-body'
  | 'client-key'
  | 'type-refresh';

/** A mode, a change, or several of both: the later ones win. */
export type Mode = ModeName | Partial<Behaviour> | readonly (ModeName | Partial<Behaviour>)[];

/** What a provider may do instead of, or after, answering properly. `process-…`: the tokens move, then the fault. */
export type Fault =
  | 'hang'
  | 'reset'
  | 'process-then-hang'
  | 'process-then-reset'
  | 'process-then-gateway'
  | 'process-then-truncate'
  | 'cut-after-headers'
  | 'slow-drip'
  | 'oversized'
  | 'gzip-bomb'
  | 'not-http'
  /** `processed`: the tokens move before it. */
  | { status: number; headers?: Record<string, string>; body?: string | Record<string, unknown>; processed?: boolean }
  /** The proper answer, later: after so long, or after a time between two. `processed`: the tokens move at once. */
  | { delayMs: number | readonly [number, number]; processed?: boolean };

export interface Issued {
  /** One person's consent: what `revoke` takes. */
  consent: string;
  accessToken: string;
  refreshToken: string;
  scopes: string[];
}

/** What happened to one request at a token endpoint. Tokens are named, not shown: `rt-12`, or `sha256:…` for one that is not ours. */
export interface Entry {
  serial: number;
  /** When the request had arrived in full. Times are the provider's, in milliseconds since the epoch. */
  at: number;
  method: string;
  /** Without its query. */
  path: string;
  /** By its standard name; '': none that is known here. */
  grant: string;
  clientId: string | null;
  consent: string | null;
  token: string | null;
  fault: string | null;
  /** 'granted', or the reason of the refusal; null: nobody looked. */
  decided: string | null;
  decidedAt: number | null;
  given: { access: string; refresh: string | null } | null;
  /** What was handed to the kernel. */
  left: 'nothing' | 'part' | 'all';
  /** When all of it was. */
  answeredAt: number | null;
  status: number | null;
  closedAt: number | null;
}

interface Worth {
  live: boolean;
  consent: string | null;
}

/** What the provider can be told; the same by POST /control/<command>, with the argument as JSON. */
export interface Commands {
  /** A consent with its first tokens, as if somebody had just connected. */
  issue(of?: { clientId?: string; scopes?: string[]; account?: string | null; mode?: Mode }): Issued;
  /** An authorization code for a request with that PKCE challenge (S256); null: it had none. */
  code(of?: { clientId?: string; challenge?: string | null; scopes?: string[]; account?: string | null }): string;
  app(of: { clientId: string; clientSecrets: string[]; mode?: Mode }): void;
  /** From now on; of all, of one app, of one consent. */
  behave(of: { mode: Mode; clientId?: string; consent?: string }): void;
  /** For the next call of a token endpoint, or the next `times`; queued. */
  next(of: { fault: Fault; times?: number }): void;
  /** For every call, or for that share of them, until null. `next` goes before it. */
  always(of: { fault: Fault | null; share?: number }): void;
  /** Before every answer: so long, or a time between two. */
  latency(of: { ms: number | readonly [number, number] }): void;
  /** The person takes the consent back: all its tokens die. */
  revoke(of: { consent: string }): void;
  'expire-access-tokens'(): void;
  clock(of?: { advanceMs?: number; offsetMs?: number }): { now: number };
  journal(of?: { from?: number }): Entry[];
  state(): { url: string; tokenUrl: string; now: number; calls: number; granted: number };
  judge(of: { accessToken?: string; refreshToken?: string }): { refresh: Worth; access: Worth };
  /** Forgets faults, delays and behaviours; tokens, apps and the journal stay. */
  reset(): void;
}

/** A request as it arrived, secrets and all. */
export interface Asked {
  parameters: URLSearchParams;
  client: { clientId: string | null; clientSecret: string | null; by: 'header' | 'body' };
}

export interface ScriptedProviderOptions {
  /** A loopback address; 127.0.0.1 unless given. */
  host?: string;
  port?: number;
  clientId?: string;
  clientSecrets?: string[];
  /** Milliseconds since the epoch. */
  now?: () => number;
  /** Of whatever is left to chance. */
  seed?: number;
  /** Each call of a token endpoint, before anything is decided. */
  onCall?: (call: { request: IncomingMessage; asked: Asked; at: number }) => void;
  /** Each call of the revocation endpoint, likewise. */
  onRevocation?: (call: { request: IncomingMessage; asked: Asked; at: number }) => void;
}

export interface ScriptedProvider {
  url: string;
  tokenUrl: string;
  /** RFC 7009: the whole consent goes with its refresh token. */
  revocationUrl: string;
  /** A second token endpoint, at another origin (another name of the same machine). */
  renewalUrl: string;
  /** 200 with the consent's id for a live access token, 401 otherwise. */
  apiUrl: string;
  clientId: string;
  /** Of the first app. All are valid at once; change the array in place to revoke one. */
  clientSecrets: string[];
  commands: Commands;
  journal: readonly Entry[];
  close(): Promise<void>;
}

/** Starts it on loopback. Fails where the port is taken. */
export function startScriptedProvider(options?: ScriptedProviderOptions): Promise<ScriptedProvider>;
/** What a token is called in the journal. */
export function nameOf(token: string | null): string | null;
