import type { IncomingMessage } from 'node:http';
import { Problem } from '../errors/problem';
import { countOf } from './caller';

export const MOST_HEADERS = 100;
/** Of URL and headers together. */
export const MOST_HEADER_BYTES = 16 * 1024;
const MOST_URL_CHARACTERS = 8 * 1024;

/** What Node lets through, and we do not. */
export function misfitOf({ rawHeaders, httpVersion, url = '' }: IncomingMessage): Problem | null {
  if (url.length > MOST_URL_CHARACTERS)
    return new Problem('uri_too_long', `A URL may have ${MOST_URL_CHARACTERS} characters at most.`);
  if (rawHeaders.length > MOST_HEADERS * 2)
    return new Problem('headers_too_large', `A request may have ${MOST_HEADERS} headers at most.`);
  const hosts = countOf('host', rawHeaders);
  // RFC 9112 section 3.2; whoever stands in front of us may have looked at the other one.
  return hosts > 1 || (hosts === 0 && httpVersion !== '1.0')
    ? new Problem('invalid_request', 'A request has one Host header.')
    : null;
}

/** null: nobody is there any more to be told. */
export function misreadAs({ code }: NodeJS.ErrnoException): Problem | null {
  if (code === 'ECONNRESET' || code === 'EPIPE') return null;
  if (code === 'HPE_HEADER_OVERFLOW')
    return new Problem('headers_too_large', `URL and headers may have ${MOST_HEADER_BYTES} bytes in all.`);
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new Problem('request_timeout', 'The request did not come in time. Send it again, at once and whole.');
  return new Problem('invalid_request', 'This is no HTTP request.');
}

export function overloaded(): Problem {
  // Not all at the same moment again.
  const retryAfterSeconds = 1 + Math.floor(Math.random() * 3);
  return new Problem('overloaded', `More is being asked than can be answered. Try again in ${retryAfterSeconds} s.`, {
    extras: { retryAfterSeconds },
  });
}

export function stopping(): Problem {
  return new Problem('stopping', 'Not ready: this process is being stopped.', { extras: { retryAfterSeconds: 2 } });
}
