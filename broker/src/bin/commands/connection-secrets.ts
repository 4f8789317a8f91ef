import type { Ask, Input, Options } from '../managing/declaration';
import { isMembers, type Json, type Members } from '../managing/json';
import { membersFrom } from '../managing/secret-input';
import { askSecret, isSomebodyThere } from '../terminal/ask';
import { text } from '../terminal/table';

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

const SECRETS = Object.values(ASKED).flatMap((asked) => asked.map(([member]) => member));

/** With the secrets from the file, or from standard input where nobody can be asked. */
export function withSecrets({ body, ...input }: Input, { secretsFile }: Options): Input {
  if (typeof secretsFile !== 'string' && isSomebodyThere()) return { ...input, body };
  return { ...input, body: { ...membersFrom(typeof secretsFile === 'string' ? secretsFile : '-', OPTION), ...body } };
}

/** Asks for the secrets of this kind of connection, where none were given. */
export async function withSecretsAskedFor(input: Input, ask: Ask): Promise<Input> {
  const { service, kind } = input.body;
  if (!isSomebodyThere() || SECRETS.some((member) => member in input.body)) return input;
  const answer = await ask('GET /v1/services/:service', { params: { service } });
  const serviceKind = isMembers(answer) ? answer.oauthType : undefined;
  const secrets: Members = {};
  for (const [member, what] of ASKED[text((kind ?? serviceKind ?? null) as Json)] ?? []) {
    const secret = await askSecret(what);
    if (secret !== '') secrets[member] = secret;
  }
  return { ...input, body: { ...input.body, ...secrets } };
}
