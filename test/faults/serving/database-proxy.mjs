import { once } from 'node:events';
import net from 'node:net';

/**
 * A way to PostgreSQL on which nobody can listen: every session that says LISTEN is cut off at once, and again whenever it comes back. All
 * others pass. `cutOff()` counts them.
 */
export async function startDeafProxy(databaseUrl) {
  const target = new URL(databaseUrl);
  const sockets = new Set();
  let cut = 0;
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(target.port), target.hostname);
    const end = () => [client, upstream].forEach((socket) => socket.destroy());
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true).on('error', end).on('close', end);
      socket.once('close', () => sockets.delete(socket));
    }
    client.on('data', (data) => {
      if (!data.includes('listen ')) return void upstream.write(data);
      cut++;
      end();
    });
    upstream.on('data', (data) => client.write(data));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(server.address().port);
  return {
    url: url.href,
    cutOff: () => cut,
    stop: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
