import { CATALOGUE } from '../../providers/catalogue/catalogue';
import type { ProviderEntry } from '../../providers/catalogue/entry';
import type { SecretEndpoints } from '../seal-contexts';

export interface RevocationEndpoint extends SecretEndpoints {
  revocationUrl: string | null;
}

/**
 * Whether the revocation URL may be sent what is sealed for the endpoints of its service. It is no part of what they are sealed for, so
 * whoever writes to the database could name his own: it has to be of an origin that gets the tokens anyway, or be the one that the catalogue,
 * which is code, knows beside this token URL.
 */
export function mayGetTokens({ tokenUrl, refreshUrl, revocationUrl }: RevocationEndpoint): boolean {
  const origin = originOf(revocationUrl);
  if (origin === null) return false;
  const tokenOrigin = originOf(tokenUrl);
  if (origin === tokenOrigin || origin === originOf(refreshUrl)) return true;
  return CATALOGUE.some((entry) => isKnown(entry, tokenOrigin, revocationUrl));
}

function isKnown({ tokenUrl, revocationUrl }: ProviderEntry, tokenOrigin: string | null, url: string | null): boolean {
  return revocationUrl?.value === url && originOf(tokenUrl?.value ?? null) === tokenOrigin;
}

function originOf(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  const { protocol, origin } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? origin : null;
}
