import { isStorable } from './storable';
import type { TokenGranted } from './token-outcome';

/** Who stands behind a consent. `label` is for people, such as an e-mail address. */
export interface Account {
  id: string;
  label: string | null;
}

/** Where a service names the account, as its row says. Paths are names of members with dots between them. */
export interface AccountSource {
  accountFrom: 'id_token' | 'answer' | 'url' | null;
  accountIdPath: string | null;
  accountLabelPath: string | null;
}

const MAX_LENGTH = 300;

/**
 * The account in an answer that is already here, or null where it is not to be known.
 * An id_token that came straight from the token endpoint over TLS needs no further check of its signature (OpenID Connect Core 3.1.3.7).
 */
export function accountIn(source: AccountSource, claims: unknown): Account | null {
  const defaults = source.accountFrom === 'id_token' ? { id: 'sub', label: 'email' } : { id: 'id', label: 'name' };
  const id = at(claims, source.accountIdPath ?? defaults.id);
  if (id === null) return null;
  return { id, label: at(claims, source.accountLabelPath ?? defaults.label) };
}

/** The claims of the id_token of an answer; null where there is none that can be read. */
export function claimsOf({ extra }: Pick<TokenGranted, 'extra'>): unknown {
  const payload = extra.id_token?.split('.')[1];
  if (payload === undefined) return null;
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

function at(value: unknown, path: string): string | null {
  let found: unknown = value;
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return null;
    found = (found as Record<string, unknown>)[name];
  }
  if (typeof found === 'number') return String(found);
  return typeof found === 'string' && found !== '' && found.length <= MAX_LENGTH && isStorable(found) ? found : null;
}
