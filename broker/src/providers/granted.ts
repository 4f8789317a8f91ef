import { accessLifetimeSeconds, refreshLifetimeSeconds } from './lifetime';
import { textAt } from './member-path';
import { isStorable } from './storable';

export interface GrantedTokens {
  accessToken: string;
  /** Null when the provider sent none, `null` or `""`: the caller keeps the one it has. */
  refreshToken: string | null;
  tokenType: string;
  /** Null: unknown. */
  expiresInSeconds: number | null;
  /** Null: unknown. */
  refreshExpiresInSeconds: number | null;
  /** Of the consent, however often it is refreshed. Null: unknown. */
  consentExpiresInSeconds: number | null;
  /** Null: not said, which means as asked for (RFC 6749 5.1). */
  scopes: string[] | null;
  /** By path, what was asked for of the rest of the answer and is there. */
  extra: Readonly<Record<string, string>>;
}

/** Where the account's API lives, as some answers say; to be asked for with what else is wanted of an answer. */
export const BASE_URL_PATHS: readonly string[] = ['instance_url', 'api_domain'];

const MAX_EXTRA_LENGTH = 2_048;
const MAX_ID_TOKEN_LENGTH = 16_384;
const MAX_SCOPES = 500;

/** What is taken out of an answer. */
export interface Granted {
  /** The object in which the tokens stand. */
  fields: Readonly<Record<string, unknown>>;
  /** All of it. */
  answer: Readonly<Record<string, unknown>>;
}

/** The tokens of an answer that was classified as granted, and what stands at the paths `keep`. Everything else is dropped. */
export function grantedTokens({ fields, answer }: Granted, keep: readonly string[]): GrantedTokens {
  const { access_token: accessToken, refresh_token: refreshToken, token_type: tokenType } = fields;
  return {
    accessToken: typeof accessToken === 'string' ? accessToken : '',
    refreshToken: typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : null,
    tokenType: tokenTypeOf(tokenType),
    // Zoho's older servers count expires_in in milliseconds and add expires_in_sec.
    expiresInSeconds: accessLifetimeSeconds(fields.expires_in_sec ?? fields.expires_in),
    refreshExpiresInSeconds: refreshLifetimeSeconds(
      fields.refresh_token_expires_in ?? fields.x_refresh_token_expires_in ?? fields.refresh_expires_in,
    ),
    // Intuit's, where it is asked for: https://github.com/intuit/QuickBooks-V3-Java-SDK/releases/tag/v6.5.4
    consentExpiresInSeconds: refreshLifetimeSeconds(fields.x_refresh_token_hard_expires_in),
    scopes: scopesOf(fields.scope),
    extra: extraOf(answer, keep),
  };
}

function tokenTypeOf(value: unknown): string {
  const usable = typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_-]{0,31}$/.test(value) ? value : 'Bearer';
  return usable.toLowerCase() === 'bearer' ? 'Bearer' : usable;
}

/** Space in the standard, commas at Slack, Linear and TikTok, an array at some: never part of a scope. */
function scopesOf(scope: unknown): string[] | null {
  const parts = typeof scope === 'string' ? scope.split(/[\s,]+/) : scope;
  if (!Array.isArray(parts)) return null;
  const named = parts.filter((part): part is string => typeof part === 'string' && part !== '' && isStorable(part));
  return [...new Set(named)].slice(0, MAX_SCOPES);
}

function extraOf(answer: Readonly<Record<string, unknown>>, keep: readonly string[]): Record<string, string> {
  const kept = keep.flatMap((path) => {
    const text = textAt(answer, path, path === 'id_token' ? MAX_ID_TOKEN_LENGTH : MAX_EXTRA_LENGTH);
    return text === null ? [] : [[path, text] as const];
  });
  return Object.fromEntries(kept);
}

/**
 * The base URL that a provider's answer named, where requests may go there at all: by https, to one of the hosts that the service allows,
 * or below it (null: any). Else null: an answer that is hostile, or was rewritten in the database, leads nobody's requests elsewhere.
 */
export function baseUrlWithin(allowedHosts: readonly string[] | null, named: string | null): string | null {
  if (named === null || !URL.canParse(named)) return null;
  const { protocol, hostname, username, password } = new URL(named);
  const isAllowed = allowedHosts?.some((host) => hostname === host || hostname.endsWith(`.${host}`)) ?? true;
  return protocol === 'https:' && username === '' && password === '' && isAllowed ? named : null;
}

/** Where the account's API lives, if the answer says so. */
export function baseUrlOf({ instance_url: instance, api_domain: domain }: GrantedTokens['extra']): string | null {
  const given = instance ?? domain;
  if (given === undefined) return null;
  const url = given.includes('://') ? given : `https://${given}`;
  return /^https?:/.test(url) && URL.canParse(url) ? url : null;
}
