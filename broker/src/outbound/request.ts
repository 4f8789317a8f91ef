import http from 'node:http';
import https from 'node:https';
import type { OutboundAgents } from './outbound';

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

/** One POST of a form, without redirects. What the other side does never throws. */
export function postForm({
  form,
  headers,
  ...call
}: Call & { form: Readonly<Record<string, string>> }): Promise<Answer> {
  const body = new URLSearchParams(form).toString();
  const contentType = 'application/x-www-form-urlencoded';
  return request('POST', { ...call, headers: { 'content-type': contentType, ...headers } }, body);
}

/** One request, without redirects. What the other side does never throws. */
export function request(method: 'GET' | 'POST', { url, headers, agents, timeoutMs }: Call, body = ''): Promise<Answer> {
  if (!URL.canParse(url)) return Promise.resolve({ failed: new TypeError('no URL') });
  const target = new URL(url);
  const { send, agent } =
    target.protocol === 'http:'
      ? { send: http.request, agent: agents.http }
      : { send: https.request, agent: agents.https };
  return new Promise((resolve) => {
    const end = (answer: Answer): void => {
      clearTimeout(deadline);
      resolve(answer);
    };
    const own = { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'otobot' };
    const call = send(target, { method, agent, headers: { ...own, ...headers } });
    const deadline = setTimeout(() => {
      end({ failed: Object.assign(new Error('took too long'), { code: 'ETIMEDOUT' }) });
      call.destroy();
    }, timeoutMs);
    call.once('error', (error) => end({ failed: error }));
    call.once('response', (response) => {
      let size = 0;
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BODY_BYTES) call.destroy();
        else chunks.push(chunk);
      });
      response.once('error', (error) => end({ failed: error }));
      const { statusCode: status = 0, headers: answered } = response;
      const retryAfter = answered['retry-after'];
      response.once('end', () => end({ status, body: parsed(Buffer.concat(chunks)), retryAfter }));
      response.once('close', () => end({ failed: new Error('cut off') })); // after 'end' it changes nothing
    });
    call.end(body);
  });
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
