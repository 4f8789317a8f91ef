import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';
import type { Caller } from '../services/access/principal';

/**
 * What every answer carries, as name, value, name, value: helmet's own headers. helmet looks at no request, so one run tells what all get.
 * The pages that people see replace its policy with their own.
 */
export const SECURITY_HEADERS: readonly string[] = setBy(
  helmet({
    contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] }, useDefaults: false },
  }),
);

/** The headers that an answer has whatever becomes of the request. */
export function setUsualHeaders(response: ServerResponse, { requestId }: Caller): void {
  response.setHeader('X-Request-Id', requestId);
  for (let at = 0; at < SECURITY_HEADERS.length; at += 2)
    response.setHeader(SECURITY_HEADERS[at] ?? '', SECURITY_HEADERS[at + 1] ?? '');
}

function setBy(middleware: ReturnType<typeof helmet>): string[] {
  const set: string[] = [];
  const response = {
    setHeader: (name: string, value: string) => set.push(name, value),
    removeHeader: () => undefined,
  };
  middleware({} as IncomingMessage, response as unknown as ServerResponse, (error) => {
    if (error !== undefined) throw new Error('helmet did not set its headers', { cause: error });
  });
  return set;
}
