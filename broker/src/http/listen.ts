import { createServer as createHttpServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type AddressInfo } from 'node:net';
import { ConfigurationError } from '../errors/configuration-error';

export interface Listening {
  host: string;
  port: number;
  /** Stops accepting, lets requests under way finish (bounded), then closes. */
  close(): Promise<void>;
}

const DRAIN_MS = 20_000;
/** A kept connection that is silent so long after we stopped accepting has nothing on its way to us. */
const LINGER_MS = 500;

/** Listens, or throws a ConfigurationError that says whose port it is not. Port 0 takes a free one. */
export async function listen(
  handler: RequestListener,
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  const unanswered = new Set<ServerResponse>();
  let closing = false;
  const server = createHttpServer(
    { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 },
    (request, response) => {
      if (closing) tellToLeave(response);
      unanswered.add(response);
      response.once('close', () => unanswered.delete(response));
      handler(request, response);
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenMistake(error, host, port)));
    server.listen(port, host, resolve);
  });
  return {
    host,
    port: (server.address() as AddressInfo).port,
    close: () => {
      closing = true;
      unanswered.forEach(tellToLeave);
      return drain(server);
    },
  };
}

/** Whoever keeps his connection would go on asking on it, and be cut off in the end. */
function tellToLeave(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

async function drain(server: Server): Promise<void> {
  // http.Server.close() would also cut idle connections at once, while a request may just be arriving on one.
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), LINGER_MS);
  const forced = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(idle);
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
