import net, { type AddressInfo } from 'node:net';

/** A way to the database that can be cut: for the process behind it PostgreSQL is away, while the test still sees it. */
export interface DatabaseProxy {
  url: string;
  /** Every connection is dropped, and no other accepted. */
  cut(): void;
  /** Connections stay and say nothing any more: a server that hangs. */
  hang(): void;
  /** What is sent to the server arrives so many milliseconds later. */
  slow(ms: number): void;
  mend(): void;
  /** How many are open. */
  connections(): number;
  close(): Promise<void>;
}

export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const pairs = new Set<[net.Socket, net.Socket]>();
  let isCut = false;
  let hangs = false;
  let latencyMs = 0;

  const server = net.createServer((client) => {
    const upstream = net.connect(Number(target.port), target.hostname);
    const pair: [net.Socket, net.Socket] = [client, upstream];
    const end = (): void => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    if (isCut) end();
    else pairs.add(pair);
    client.on('data', (data) => {
      if (hangs) return;
      if (latencyMs === 0) upstream.write(data);
      else setTimeout(() => upstream.writable && upstream.write(data), latencyMs);
    });
    upstream.on('data', (data) => hangs || client.write(data));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const dropAll = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  url.hostname = '127.0.0.1';
  return {
    url: url.href,
    cut: () => {
      isCut = true;
      dropAll();
    },
    hang: () => {
      hangs = true;
    },
    slow: (ms) => {
      latencyMs = ms;
    },
    mend: () => {
      // What was swallowed is missing from the conversations, and what is still on its way would come after what is sent now.
      if (hangs || latencyMs > 0) dropAll();
      isCut = hangs = false;
      latencyMs = 0;
    },
    connections: () => pairs.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        dropAll();
      }),
  };
}
