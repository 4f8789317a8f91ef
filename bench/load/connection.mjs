import { once } from 'node:events';
import net from 'node:net';

const HEADERS_END = Buffer.from('\r\n\r\n');

/** The bytes of a read of each path, made once: what the load costs must not decide what is measured. */
export function requestsOf({ port, key, paths }) {
  return paths.map((path) =>
    Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${key}\r\n\r\n`),
  );
}

/**
 * One request at a time; `onAnswer` is called when the last byte of an answer, told by its Content-Length, is there. A connection that the
 * server closes fails the run: such figures would mean nothing.
 */
export async function openConnection(port, onAnswer) {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let received = null;
  let missing = null;
  let status = 0;
  let dueAt = 0;
  let over = false;
  socket.once('close', () => {
    if (!over) throw new Error('the server closed a connection');
  });
  const connection = {
    send: (request, since) => {
      dueAt = since;
      received = null;
      missing = null;
      socket.write(request);
    },
    close: () => {
      over = true;
      socket.destroy();
    },
  };
  socket.on('data', (chunk) => {
    if (missing === null) {
      const bytes = received === null ? chunk : Buffer.concat([received, chunk]);
      const end = bytes.indexOf(HEADERS_END);
      if (end < 0) return void (received = bytes);
      const head = bytes.latin1Slice(0, end);
      status = Number(head.slice(9, 12));
      missing = end + HEADERS_END.length + Number(/\ncontent-length: (\d+)/i.exec(head)[1]) - bytes.length;
    } else missing -= chunk.length;
    if (missing === 0) onAnswer(connection, status, dueAt);
  });
  return connection;
}
