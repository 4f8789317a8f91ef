import type { IncomingMessage } from 'node:http';
import { Problem } from '../../errors/problem';
import type { Presented } from '../../services/access/principal';
import { countOf } from '../caller';

/** Who asks at the token endpoint: for which credential, and with which key. Believed nowhere yet. */
export interface PresentedClient {
  /** `clientId/service` or `clientId/service/name`; null: none was named. */
  clientId: string | null;
  presented: Presented | null;
}

const NOBODY: PresentedClient = { clientId: null, presented: null };

/**
 * RFC 6749 section 2.3.1: client_id and client_secret by Basic, or in the form; never both. Throws Problem `invalid_request` for both.
 * What is no authentication at all is nobody's, and refused as such.
 */
export function presentedClient(
  { headers, rawHeaders }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>,
  form: Readonly<Record<string, unknown>>,
): PresentedClient {
  const { client_id: id, client_secret: secret } = form;
  if (headers.authorization === undefined)
    return typeof id === 'string' && typeof secret === 'string' ? { clientId: id, presented: bearer(secret) } : NOBODY;
  if (secret !== undefined)
    throw new Problem('invalid_request', 'The client authenticates twice, by Basic and in the body. Do one of them.');
  const byBasic = countOf('authorization', rawHeaders) === 1 ? basic(headers.authorization) : null;
  if (byBasic !== null && id !== undefined && id !== byBasic.clientId)
    throw new Problem('invalid_request', 'client_id names another client than the Authorization header.');
  return byBasic ?? NOBODY;
}

/** User and password are form-urlencoded before they are joined, so that a colon or a letter beyond ASCII may be in either. */
function basic(header: string): PresentedClient | null {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=_-]{1,4096})$/i.exec(header) ?? [];
  if (encoded === undefined) return null;
  const joined = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = joined.indexOf(':');
  if (colon === -1) return null;
  try {
    return { clientId: decoded(joined.slice(0, colon)), presented: bearer(decoded(joined.slice(colon + 1))) };
  } catch {
    return null; // a percent sign that begins no escape
  }
}

const decoded = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

/** The secret is an access key, and known or refused as in any other request. */
function bearer(token: string): Presented | null {
  return /^[\x21-\x7e]{1,512}$/.test(token) ? { kind: 'bearer', token } : null;
}
