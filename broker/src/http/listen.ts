import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigurationError } from '../errors/configuration-error';

export interface Listening {
  host: string;
  port: number;
  /** Stops accepting, lets requests under way finish (bounded), then closes. */
  close(): Promise<void>;
}

const DRAIN_MS = 20_000;

/** Listens, or throws a ConfigurationError that says whose port it is not. Port 0 takes a free one. */
export async function listen(
  handler: RequestListener,
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  const server = createHttpServer(
    { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 },
    handler,
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenMistake(error, host, port)));
    server.listen(port, host, resolve);
  });
  return { host, port: (server.address() as AddressInfo).port, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const forced = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(forced);
}

function listenMistake({ code, message }: NodeJS.ErrnoException, host: string, port: number): Error {
  if (code === 'EADDRINUSE') {
    return new ConfigurationError([
      {
        name: 'PORT',
        message: `${port} is in use on ${host}`,
        hint: 'stop the other program, or start with another one: PORT=3002',
      },
    ]);
  }
  if (code === 'EACCES')
    return new ConfigurationError([
      { name: 'PORT', message: `${port} may not be opened by this user`, hint: 'use a port above 1023' },
    ]);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new ConfigurationError([
      { name: 'HOST', message: `${host} is no address of this machine`, hint: 'use 127.0.0.1, or 0.0.0.0 for all' },
    ]);
  }
  return new Error(message);
}
