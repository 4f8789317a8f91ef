import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A loopback server that speaks just enough of PostgreSQL's protocol to tell its version. */
export async function startOldServer(number: string, name: string): Promise<{ url: string; close(): void }> {
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.concat([message('R', int32(0)), READY])); // whoever it is may come in
      answerQueries(socket, [number, name]);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `postgres://otobot@127.0.0.1:${port}/otobot`, close: () => server.close() };
}

function answerQueries(socket: Socket, values: string[]): void {
  const columns = ['number', 'name'].map((name) =>
    Buffer.concat([text(name), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)]),
  );
  const cells = values.map((value) => Buffer.concat([int32(value.length), Buffer.from(value)]));
  const answer = Buffer.concat([
    message('T', Buffer.concat([int16(columns.length), ...columns])),
    message('D', Buffer.concat([int16(cells.length), ...cells])),
    message('C', text('SELECT 1')),
    READY,
  ]);
  socket.on('data', (data) => {
    if (data[0] === 'Q'.charCodeAt(0)) socket.write(answer);
    else socket.end();
  });
}

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}

function message(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

const READY = message('Z', Buffer.from('I'));
