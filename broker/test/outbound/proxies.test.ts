import { execFile } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SUPPORT = path.resolve(__dirname, '../support/run-typescript.cjs');
const ASK = path.resolve(__dirname, 'ask.ts');

test('proxy variables that are there from the start, as Node 24 reads them, lead nothing elsewhere', async () => {
  const reached: string[] = [];
  const listening = async (name: string): Promise<http.Server> => {
    const server = http.createServer((_request, response) => {
      reached.push(name);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":"at"}');
    });
    server.on('connect', (_request, socket) => {
      reached.push(`${name} (CONNECT)`);
      socket.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server;
  };
  const servers = await Promise.all([listening('provider'), listening('proxy')]);
  const [provider, proxy] = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
  const env = {
    PATH: process.env.PATH,
    NODE_USE_ENV_PROXY: '1',
    ...Object.fromEntries(names.map((name) => [name, proxy])),
  };
  try {
    const { stdout } = await run(process.execPath, ['-r', SUPPORT, ASK, provider ?? ''], { env });
    expect(stdout.trim()).toBe('200 granted');
    expect(reached).toEqual(['provider', 'provider']);
  } finally {
    for (const server of servers) server.close();
  }
});
