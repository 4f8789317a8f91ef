import http from 'node:http';
import https from 'node:https';
import type { OutboundAgents } from './outbound';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface Call {
  url: string;
  headers: Readonly<Record<string, string>>;
  /** The guarded way out. */
  agents: Pick<OutboundAgents, 'http' | 'https'>;
  /** For all of it, to the last byte of the body. */
  timeoutMs: number;
}

/** `body` is undefined where the answer is no JSON. `failed`: no answer, or none that could be read whole. */
export type Answer = { status: number; body: unknown; retryAfter: string | undefined } | { failed: unknown };

const MAX_BODY_BYTES = 256 * 1024;
/** Nothing compressed, so nothing that could inflate. */
const OWN_HEADERS = { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'otobot' };

/** One request, without redirects. What the other side does never throws. */
export function request(method: Method, { url, headers, agents, timeoutMs }: Call, body = ''): Promise<Answer> {
  return new Promise((resolve) => {
    let deadline: NodeJS.Timeout | undefined = undefined;
    const end = (answer: Answer): void => {
      clearTimeout(deadline);
      resolve(answer); // only the first counts
    };
    try {
      const call = begin(method, { url, headers, agents });
      deadline = setTimeout(() => {
        end({ failed: Object.assign(new Error('took too long'), { code: 'ETIMEDOUT' }) });
        call.destroy();
      }, timeoutMs);
      call.once('error', (error) => end({ failed: error }));
      call.once('response', (response) => read(response, end));
      call.end(body);
    } catch (error) {
      end({ failed: error }); // a URL or a header that Node does not send at all
    }
  });
}

/** Opens a request by the guarded way out, to be ended by the caller. Throws for a URL or a header that Node does not send. */
export function begin(
  method: string,
  { url, headers, agents }: Pick<Call, 'url' | 'headers' | 'agents'>,
): http.ClientRequest {
  const target = new URL(url);
  const options = { method, headers: { ...OWN_HEADERS, ...headers } };
  return target.protocol === 'http:'
    ? http.request(target, { ...options, agent: agents.http })
    : https.request(target, { ...options, agent: agents.https });
}

function read(response: http.IncomingMessage, end: (answer: Answer) => void): void {
  const { statusCode: status = 0, headers } = response;
  let size = 0;
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    chunks.push(chunk);
    if (size <= MAX_BODY_BYTES) return;
    // Before it is destroyed: the rest may be here already, and end like a whole body.
    end({ failed: new Error('too large') });
    response.destroy();
  });
  response.once('error', (error) => end({ failed: error }));
  response.once('end', () => {
    end({ status, body: parsed(Buffer.concat(chunks)), retryAfter: headers['retry-after'] });
  });
  response.once('close', () => end({ failed: new Error('cut off') }));
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
