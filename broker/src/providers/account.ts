import { textAt } from './member-path';
import type { TokenGranted } from './token-outcome';

/** Who stands behind a consent. `label` is for people, such as an e-mail address. */
export interface Account {
  id: string;
  label: string | null;
}

/** Where a service names the account, as its row says. Paths are as `memberAt` takes them. */
export interface AccountSource {
  accountFrom: 'id_token' | 'answer' | 'url' | null;
  accountIdPath: string | null;
  accountLabelPath: string | null;
}

const MAX_LENGTH = 300;
const ID_TOKEN = 'id_token';

const DEFAULTS = { id_token: { id: 'sub', label: 'email' }, other: { id: 'id', label: 'name' } };

const pathsOf = ({ accountFrom, accountIdPath, accountLabelPath }: AccountSource): { id: string; label: string } => {
  const defaults = DEFAULTS[accountFrom === 'id_token' ? 'id_token' : 'other'];
  return { id: accountIdPath ?? defaults.id, label: accountLabelPath ?? defaults.label };
};

/** What is to be kept of a token answer for the sake of the account. */
export function accountPathsOf(source: AccountSource): string[] {
  if (source.accountFrom === 'id_token') return [ID_TOKEN];
  return source.accountFrom === 'answer' ? Object.values(pathsOf(source)) : [];
}

/** The account in what was kept of a token answer; null where it is not to be known. */
export function accountInAnswer(source: AccountSource, { extra }: Pick<TokenGranted, 'extra'>): Account | null {
  if (source.accountFrom === 'id_token') return accountIn(source, claimsOf(extra[ID_TOKEN]));
  const paths = pathsOf(source);
  const id = fitting(extra[paths.id]);
  return id === null ? null : { id, label: fitting(extra[paths.label]) };
}

/**
 * The account in an answer that is already here, or null where it is not to be known.
 * An id_token that came straight from the token endpoint over TLS needs no further check of its signature (OpenID Connect Core 3.1.3.7).
 */
export function accountIn(source: AccountSource, claims: unknown): Account | null {
  const paths = pathsOf(source);
  const id = textAt(claims, paths.id, MAX_LENGTH);
  return id === null ? null : { id, label: textAt(claims, paths.label, MAX_LENGTH) };
}

/** The claims of an id_token; null where there is none that can be read. */
function claimsOf(idToken: string | undefined): unknown {
  const payload = idToken?.split('.')[1];
  if (payload === undefined) return null;
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

const fitting = (text: string | undefined): string | null =>
  text === undefined || text.length > MAX_LENGTH ? null : text;
