import { BrokerError } from '../shared/broker-error';
import type { ApiAnswer, Hop } from './dispatch';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * The request that an answer redirects to, or null. Done here and not by n8n's HTTP client, which would carry any
 * header but Authorization to whatever host a redirect names, and to plain http.
 *
 * @throws BrokerError for a redirect that would weaken the connection, or carry a body to another host
 */
export function redirectOf(answer: ApiAnswer, hop: Hop): Hop | null {
  const { location } = answer.headers;
  if (!REDIRECTS.has(answer.status) || typeof location !== 'string' || !URL.canParse(location, hop.url.href))
    return null;
  const url = new URL(location, hop.url);
  url.username = url.password = '';
  const carriesCredential = hop.carriesCredential && url.origin === hop.url.origin;
  if (url.protocol !== hop.url.protocol && url.protocol !== 'https:') {
    throw refused(hop, `to ${url.protocol}//${url.host}, which is not https`);
  }
  const { method, body } = afterwards(answer.status, hop);
  if (!carriesCredential && method !== 'GET' && method !== 'HEAD') {
    throw refused(hop, `a ${method} request to another host, ${url.host}`);
  }
  return { method, body, url, carriesCredential };
}

/** As browsers do: 307 and 308 repeat the request, 303 fetches, and the older two do so after a POST. */
function afterwards(status: number, { method, body }: Hop): Pick<Hop, 'method' | 'body'> {
  const becomesGet = status === 303 ? method !== 'GET' && method !== 'HEAD' : status < 303 && method === 'POST';
  return becomesGet ? { method: 'GET', body: null } : { method, body };
}

function refused({ url }: Hop, where: string): BrokerError {
  return new BrokerError(`${url.host} redirects ${where}. Otobot does not follow that`, {
    reasonCode: 'redirect_refused',
  });
}
