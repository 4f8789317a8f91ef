import { once } from 'node:events';
import net from 'node:net';
import { percentiles } from '../statistics.mjs';

const TICK_MS = 1;
const HEADERS_END = Buffer.from('\r\n\r\n');

/**
 * Requests at an even rate, whether or not the server keeps up, over connections that stay open. A time counts from the tick in which the
 * request is due, so waiting for a free connection is in it. (autocannon's overallRate sends a second's share in one burst and then rests,
 * which measures bursts instead.)
 */
export async function pacedLoad({ port, key, paths, connections, seconds, perSecond }) {
  const requests = paths.map((path) =>
    Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${key}\r\n\r\n`),
  );
  const due = [];
  const idle = [];
  const durations = [];
  let sent = 0;
  let failed = 0;

  const sendNext = (connection) => {
    if (due.length === 0) idle.push(connection);
    else connection.send(requests[sent++ % requests.length], due.shift());
  };
  const opened = Array.from({ length: connections }, () =>
    openConnection(port, (connection, status, dueAt) => {
      durations.push(performance.now() - dueAt);
      if (status !== 200) failed++;
      sendNext(connection);
    }),
  );
  idle.push(...(await Promise.all(opened)));

  const startedAt = performance.now();
  let begun = 0;
  await ticking(seconds * 1_000, (elapsedMs) => {
    const now = performance.now();
    for (; begun < (elapsedMs / 1_000) * perSecond; begun++) due.push(now);
    while (due.length > 0 && idle.length > 0) sendNext(idle.pop());
  });
  const elapsed = (performance.now() - startedAt) / 1_000;
  const answered = durations.length;
  for (const connection of await Promise.all(opened)) connection.close();
  return {
    asked: perSecond,
    perSecond: answered / elapsed,
    ...percentiles(durations),
    answered: answered - failed,
    failed,
  };
}

function ticking(forMs, work) {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const elapsedMs = performance.now() - startedAt;
      work(Math.min(elapsedMs, forMs));
      if (elapsedMs < forMs) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
}

/** One request at a time; `onAnswer` is called when the last byte of an answer, told by its Content-Length, is there. */
async function openConnection(port, onAnswer) {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let received = [];
  let missing = null;
  let status = 0;
  let dueAt = 0;
  const connection = {
    send: (request, since) => {
      dueAt = since;
      received = [];
      missing = null;
      socket.write(request);
    },
    close: () => socket.destroy(),
  };
  socket.on('data', (chunk) => {
    if (missing === null) {
      received.push(chunk);
      const bytes = Buffer.concat(received);
      const end = bytes.indexOf(HEADERS_END);
      if (end < 0) return;
      const head = bytes.latin1Slice(0, end);
      status = Number(head.slice(9, 12));
      missing = end + HEADERS_END.length + Number(/\ncontent-length: (\d+)/i.exec(head)[1]) - bytes.length;
    } else missing -= chunk.length;
    if (missing === 0) onAnswer(connection, status, dueAt);
  });
  return connection;
}
