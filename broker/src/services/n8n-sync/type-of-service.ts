import { Problem } from '../../errors/problem';
import {
  findN8nCredentialType,
  N8N_CREDENTIAL_TYPES,
  type N8nCredentialType,
} from '../../providers/n8n-credential-types';
import type { ConnectionKind } from '../../types/credential';

type TypeKind = N8nCredentialType['kind'];

/** As which kinds of types a connection can stand in n8n: a bare token also where a key goes. */
const FITTING: Readonly<Record<ConnectionKind, readonly TypeKind[]>> = {
  oauth2: ['oauth2', 'api_key'],
  client_credentials: ['oauth2', 'api_key'],
  long_lived: ['oauth2', 'api_key'],
  api_key: ['api_key'],
  basic: ['basic'],
};

/**
 * The type that was named, or the only one of its kind that n8n has for the service. Throws Problem `invalid_value` where one has to be named, or
 * the named one cannot hold what the connection has. One that is not known here is taken for one of n8n's OAuth2 types.
 */
export function typeOfService(service: string, kind: ConnectionKind, named: string | undefined): string {
  const fitting = FITTING[kind];
  if (named !== undefined) {
    const typeKind = findN8nCredentialType(named)?.kind ?? 'oauth2';
    if (fitting.includes(typeKind)) return named;
    throw new Problem(
      'invalid_value',
      `type: ${named} does not hold what a connection of kind ${kind} has; ${choice(service, fitting)}.`,
    );
  }
  const [only, ...others] = typesOf(service, fitting.slice(0, 1));
  if (only !== undefined && others.length === 0) return only;
  throw new Problem(
    'invalid_value',
    `type: name the credential type of n8n that it is to stand there as; ${choice(service, fitting)}.`,
  );
}

const typesOf = (service: string | null, kinds: readonly TypeKind[]): string[] =>
  N8N_CREDENTIAL_TYPES.filter((known) => known.service === service && kinds.includes(known.kind)).map(
    ({ type }) => type,
  );

function choice(service: string, kinds: readonly TypeKind[]): string {
  const types = [...typesOf(service, kinds), ...typesOf(null, kinds)];
  return types.length === 0 ? 'n8n has none for it that is known here' : `for example ${types.join(', ')}`;
}
