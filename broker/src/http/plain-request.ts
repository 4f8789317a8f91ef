import type { Request } from 'express';
import type { CredentialRequest } from '../services/credentials/credential-request';
import { CLIENT_ID, SERVICE_NAME } from './fields';
import { grant, READ_ROUTE, requestOfGrant, type Workflow } from './routes/credentials';

/** A read that is written in the plainest way. */
export interface PlainRequest {
  request: CredentialRequest;
  workflow: Workflow | null;
  /** As it was parsed, for whoever has to look at it once more. */
  body: unknown;
}

const PLAIN = new RegExp(
  READ_ROUTE.replace(':clientId', `(${inside(CLIENT_ID)})`)
    .replace(':service', `(${inside(SERVICE_NAME)})`)
    .replace(/^.*$/, '^$&$'),
);

function inside({ source }: RegExp): string {
  return source.slice('^'.length, -'$'.length);
}

/** What a URL without escapes and parameters asks for: exactly what the route's schemas would make of it. null: any other URL. */
export function plainUrl(url: string): PlainRequest | null {
  const [, clientId, service] = PLAIN.exec(url) ?? [];
  if (clientId === undefined || service === undefined) return null;
  return {
    request: { clientId, service, name: 'default', minTtlSeconds: null, rejected: null },
    workflow: null,
    body: undefined,
  };
}

/**
 * What the body of a grant asks for, if it came whole with the headers and `find` finds it. Where not, the body is put back for whoever
 * reads it next.
 */
export async function grantIn<T>(request: Request, find: (plain: PlainRequest) => T | null): Promise<T | null> {
  if (!announcesPlainBody(request)) return null;
  // Whoever hangs up sends nothing any more; the general chain finds that out, and ends the request.
  await new Promise((resolve) => request.once('readable', resolve).once('close', resolve));
  const body = request.read() as Buffer | null;
  const isWhole = body?.length === Number(request.headers['content-length']);
  const plain = isWhole ? plainGrant(body) : null;
  const found = plain && find(plain);
  if (body !== null && found === null) request.unshift(body);
  return found;
}

const MOST_PLAIN_BYTES = 1_024;
const JSON_TYPE = /^application\/json(?:; ?charset=utf-8)?$/i;

/** Whether the body is announced as small JSON, sent as it is. */
function announcesPlainBody({ headers }: Request): boolean {
  const length = Number(headers['content-length'] ?? NaN);
  return (
    length > 0 &&
    length <= MOST_PLAIN_BYTES &&
    headers['content-encoding'] === undefined &&
    JSON_TYPE.test(headers['content-type'] ?? '')
  );
}

/** Exactly what the route's schema makes of the body; null: it does not fit, or needs a closer look. */
function plainGrant(bytes: Buffer): PlainRequest | null {
  const text = bytes.toString();
  // The general chain looks for a name that an escape could spell too.
  if (text.includes('\\') || text.includes('__proto__')) return null;
  const body = jsonOf(text);
  const parsed = grant.safeParse(body);
  return parsed.success ? { ...requestOfGrant(parsed.data), body } : null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
