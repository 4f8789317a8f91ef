import http from 'node:http';
import https from 'node:https';
import type { OutboundAgents } from './outbound';

export interface GetCall {
  url: string;
  headers: Readonly<Record<string, string>>;
  /** The guarded way out. */
  agents: Pick<OutboundAgents, 'http' | 'https'>;
  /** For all of it, to the last byte of the body. */
  timeoutMs: number;
}

/** `body` is undefined where the answer is no JSON. null: no answer, or none that could be read whole. */
export type GetAnswer = { status: number; body: unknown } | null;

const MAX_BODY_BYTES = 256 * 1024;

/** One GET, without redirects, for account look-ups and checks of API keys. What the other side does never throws. */
export function getJson({ url, headers, agents, timeoutMs }: GetCall): Promise<GetAnswer> {
  if (!URL.canParse(url)) return Promise.resolve(null);
  const target = new URL(url);
  const { request, agent } =
    target.protocol === 'http:'
      ? { request: http.request, agent: agents.http }
      : { request: https.request, agent: agents.https };
  return new Promise((resolve) => {
    const end = (answer: GetAnswer): void => {
      clearTimeout(deadline);
      resolve(answer);
    };
    const call = request(target, {
      agent,
      headers: { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'otobot', ...headers },
    });
    const deadline = setTimeout(() => {
      call.destroy();
      end(null);
    }, timeoutMs);
    call.once('error', () => end(null));
    call.once('response', (response) => {
      let size = 0;
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BODY_BYTES) call.destroy();
        else chunks.push(chunk);
      });
      response.once('error', () => end(null));
      response.once('end', () => end({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks)) }));
      response.once('close', () => end(null)); // after 'end' it changes nothing
    });
    call.end();
  });
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
