// A Redis of one's own, and everything that ever passes through it.
import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from '../../free-port.mjs';
import { start, stop } from '../../processes.mjs';

const READY_WITHIN_MS = 20_000;

/** @returns `{port, seen(), stop()}`: `seen` is every command so far, with its arguments, whoever sent it */
export async function startRedis(folder) {
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const server = start('redis-server', args);
  const stopServer = () => stop(server);
  try {
    const watched = await monitor(server, port);
    return {
      port,
      seen: watched.text,
      stop: async () => {
        watched.end();
        await stopServer();
      },
    };
  } catch (error) {
    await stopServer();
    throw error;
  }
}

/** What is in Redis at the end says little: n8n takes jobs away when they are done. */
async function monitor(server, port) {
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    if (isOpen) return await watching(socket);
    if (server.child.exitCode !== null || Date.now() > giveUpAt)
      throw new Error(`redis-server did not start (Debian: apt-get install redis-server):\n${server.output.text}`);
    await sleep(50);
  }
}

async function watching(socket) {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  socket.on('error', () => {}); // it ends before us
  socket.write('MONITOR\r\n');
  while (!text.startsWith('+OK')) await once(socket, 'data');
  return { text: () => text, end: () => socket.destroy() };
}
