import { createServer as createHttpServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { Server as NetServer, type AddressInfo } from 'node:net';
import { ConfigurationError } from '../errors/configuration-error';
import { DOOR_LIMITS, type DoorLimits } from './bulkheads';
import { createDoor } from './door';
import { MOST_HEADER_BYTES, MOST_HEADERS } from './misfits';
import type { Tally } from './tally';

export interface Listening {
  host: string;
  port: number;
  /** Stops accepting, lets requests under way finish (bounded), then closes. */
  close(): Promise<void>;
}

export interface ListenOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Where those are counted who are turned away before Express sees them. */
  tally: Tally;
  /** What requests and answers are made as; not given, as Node's own. */
  messages?: Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'>;
  timing?: Partial<Timing>;
  limits?: Partial<DoorLimits> | undefined;
}

/** How long a client may take, in milliseconds. */
interface Timing {
  /** From the connection to the end of the headers. */
  headersTimeout: number;
  /** From the first byte to the end of the body, which has 64 KiB at most. */
  requestTimeout: number;
  /** Without a byte in either direction: a reader who does not read. */
  silenceTimeout: number;
  /** Between two requests; longer than the minute for which load balancers keep a connection. */
  keepAliveTimeout: number;
  /** How often Node looks at the first two. */
  connectionsCheckingInterval: number;
}

const TIMING: Timing = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  silenceTimeout: 60_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
};
const MOST_CONNECTIONS = 4_096;
const DRAIN_MS = 20_000;
/** A kept connection that is silent so long after we stopped accepting has nothing on its way to us. */
const LINGER_MS = 500;

/** Listens, or throws a ConfigurationError that says whose port it is not. */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<Listening> {
  const { host, port, tally } = options;
  const { silenceTimeout, ...timing } = { ...TIMING, ...options.timing };
  const door = createDoor({ handler, tally, limits: { ...DOOR_LIMITS, ...options.limits } });
  const server = createHttpServer(
    { ...timing, ...options.messages, maxHeaderSize: MOST_HEADER_BYTES, requireHostHeader: false },
    door.enter,
  );
  server.timeout = silenceTimeout;
  server.maxConnections = MOST_CONNECTIONS;
  // One more than is allowed: Node drops silently what is beyond.
  server.maxHeadersCount = MOST_HEADERS + 1;
  server.on('connection', door.open).on('clientError', door.misread);
  server.on('drop', () => {
    tally.count('connections');
    // Those who keep a connection and do not use it make room for those who come.
    server.closeIdleConnections();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenMistake(error, host, port)));
    server.listen(port, host, resolve);
  });
  server.on('error', () => tally.count('connections')); // one that could not be accepted
  return {
    host,
    port: (server.address() as AddressInfo).port,
    close: async () => {
      door.close();
      await drain(server);
      tally.flush();
    },
  };
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
