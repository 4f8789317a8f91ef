import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Far beyond what any answer may take: 5 s for a refresh, 2 s for the audit. */
const HUNG_MS = 20_000;
const AFTER_A_LOST_CONNECTION_MS = 20;

/**
 * `count` readers, each with one request at a time, who never stop asking: `pick()` says what (`{ broker, port, key, clientId, service }`), and
 * `onAnswer` hears of every request how it ended. Times are of this process's monotonic clock, in milliseconds.
 */
export function startReaders({ count, pick, onAnswer }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
  let stopping = false;
  const reader = async () => {
    while (!stopping) {
      const answer = await readOnce(agent, pick());
      onAnswer(answer);
      if (answer.status === null) await delay(AFTER_A_LOST_CONNECTION_MS);
    }
  };
  const reading = Array.from({ length: count }, reader);
  return {
    stop: async () => {
      stopping = true;
      await Promise.all(reading);
      agent.destroy();
    },
  };
}

/** One read. `status` null: the connection was lost before an answer began; `whole` false: in the midst of it. */
export function readOnce(agent, asked) {
  const { port, key, clientId, service } = asked;
  const sentAt = performance.now();
  return new Promise((resolve) => {
    const ended = (found) => resolve({ asked, sentAt, receivedAt: performance.now(), whole: false, ...found });
    const request = http.request(
      {
        ...{ agent, host: '127.0.0.1', port, path: `/v1/credentials/${clientId}/${service}`, timeout: HUNG_MS },
        headers: { authorization: `Bearer ${key.text}` },
      },
      (response) => {
        const head = { status: response.statusCode, requestId: response.headers['x-request-id'] };
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.once('error', (error) => ended({ ...head, code: error.code }));
        response.once('end', () => ended({ ...head, whole: true, ...told(Buffer.concat(chunks)) }));
      },
    );
    request.once('timeout', () => request.destroy(Object.assign(new Error('no answer'), { code: 'HUNG' })));
    request.once('error', (error) => ended({ status: null, code: error.code ?? error.message }));
    request.end();
  });
}

function told(bytes) {
  const { code = null, connectionId, generation, accessToken } = JSON.parse(bytes.toString());
  return { code, connectionId, generation, accessToken };
}
