import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that arrived. */
export interface DeskCall {
  path: string;
  authorization: string | null;
}

/** The API of a provider: names the account behind a token, and tells whether a key is good. Keeps a journal. */
export interface Desk {
  accountUrl: string;
  checkUrl: string;
  calls: DeskCall[];
  /** For every call from now on; 'reset' tears the connection. */
  answer(reply: { status: number; body?: unknown } | 'reset'): void;
  close(): Promise<void>;
}

export async function startDesk(): Promise<Desk> {
  const calls: DeskCall[] = [];
  let reply: Parameters<Desk['answer']>[0] = { status: 200, body: {} };
  const server = http.createServer((request, response) => {
    calls.push({ path: request.url ?? '', authorization: request.headers.authorization ?? null });
    if (reply === 'reset') request.socket.resetAndDestroy();
    else response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    accountUrl: `${url}/account`,
    checkUrl: `${url}/check`,
    calls,
    answer: (next) => void (reply = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
