import { AuthorizationCode, ClientCredentials, type ModuleOptions } from 'simple-oauth2';

export interface OAuthClients {
  codes: AuthorizationCode;
  credentials: ClientCredentials;
}

/** So many apps, and the secrets of each, are in use at once in few installations. */
const MOST = 500;

// Making one checks its options anew, which takes as long as a third of the request itself. They hold client secrets, but no more of
// them than the data keys beside them in memory would open.
const kept = new Map<string, OAuthClients>();

/** simple-oauth2 for one endpoint, client and secret; the ones used last are kept. Throws what simple-oauth2 throws for options that it refuses. */
export function oauthClients(options: ModuleOptions<string>): OAuthClients {
  const key = JSON.stringify(options);
  const known = kept.get(key);
  const clients = known ?? { codes: new AuthorizationCode(options), credentials: new ClientCredentials(options) };
  // A Map keeps the order in which its keys came: what was used last stands last.
  kept.delete(key);
  kept.set(key, clients);
  const [oldest] = kept.keys();
  if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
  return clients;
}
