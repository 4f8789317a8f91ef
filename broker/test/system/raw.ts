import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface RawAnswer {
  status: number;
  head: string;
  body: string;
}

/** Sends bytes as they stand, on a connection of their own, and reads what comes back until the server closes. */
export async function exchange(url: string, bytes: string | Buffer): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined); // cut off while sending: what came back until then counts
  socket.write(bytes);
  const answer = (await buffer(socket).catch(() => Buffer.alloc(0))).toString('latin1');
  const [head = '', ...body] = answer.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body: body.join('\r\n\r\n') };
}

/** A request with these header lines, complete and told to be the last on its connection. */
export function request(method: string, path: string, headers: readonly string[], body: string | Buffer = ''): Buffer {
  const length = Buffer.byteLength(body);
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: otobot', 'Connection: close', ...headers];
  const head = [...lines, ...(length > 0 ? [`Content-Length: ${length}`] : []), '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
}
