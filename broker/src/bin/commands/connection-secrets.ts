import type { Members } from '../managing/json';
import { membersFrom } from '../managing/secret-input';
import { askSecret, isSomebodyThere } from '../terminal/ask';

const OPTION = '--secrets-file';

/** What a person is asked for, by the kind of connection. An empty answer stands for "there is none". */
const ASKED: Readonly<Record<string, readonly [member: string, what: string][]>> = {
  oauth2: [
    ['accessToken', 'Access token'],
    ['refreshToken', 'Refresh token'],
  ],
  long_lived: [['accessToken', 'Access token']],
  api_key: [['apiKey', 'API key']],
  basic: [
    ['username', 'User name'],
    ['password', 'Password'],
  ],
  client_credentials: [],
};

/** The secrets of a connection: from the file, else asked for, else from standard input. */
export async function secretsOf(file: unknown, kind: unknown): Promise<Members> {
  if (typeof file === 'string') return membersFrom(file, OPTION);
  if (!isSomebodyThere()) return membersFrom('-', OPTION);
  const secrets: Members = {};
  for (const [member, what] of ASKED[typeof kind === 'string' ? kind : 'oauth2'] ?? []) {
    const answer = await askSecret(what);
    if (answer !== '') secrets[member] = answer;
  }
  return secrets;
}
