import type http from 'node:http';
import { begin, type Call } from './request';

/** `text`: how what came with the answer begins. `failed`: nobody answered. */
export type Posted = { status: number; retryAfter: string | undefined; text: string } | { failed: unknown };

/** Of an answer that nobody waits for to its end: its status is what counts. */
const KEPT_BYTES = 1_024;

/** One POST, without redirects, to somebody who has nothing to tell but a status. What the other side does never throws. */
export function post({ url, headers, agents, timeoutMs }: Call, body: string): Promise<Posted> {
  return new Promise((resolve) => {
    let deadline: NodeJS.Timeout | undefined = undefined;
    let answered: Promise<Posted> | null = null;
    const end = (posted: Posted): void => {
      clearTimeout(deadline);
      resolve(posted); // only the first counts
    };
    try {
      const call = begin('POST', { url, headers, agents });
      deadline = setTimeout(() => {
        call.destroy();
        // What began to answer has answered.
        if (answered === null) end({ failed: Object.assign(new Error('took too long'), { code: 'ETIMEDOUT' }) });
      }, timeoutMs);
      call.once('error', (error) => {
        if (answered === null) end({ failed: error });
      });
      call.once('response', (response) => {
        answered = beginningOf(response);
        void answered.then(end);
      });
      call.end(body);
    } catch (error) {
      end({ failed: error }); // a URL or a header that Node does not send at all
    }
  });
}

/** The status with the first bytes; the rest is not waited for, however long it is or takes. */
function beginningOf(response: http.IncomingMessage): Promise<Posted> {
  const { statusCode: status = 0, headers } = response;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (): void => {
      const text = Buffer.concat(chunks).subarray(0, KEPT_BYTES).toString('utf8');
      resolve({ status, retryAfter: headers['retry-after'], text });
    };
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > KEPT_BYTES) response.destroy();
    });
    response.on('error', () => undefined); // 'close' follows
    response.once('close', end);
  });
}
