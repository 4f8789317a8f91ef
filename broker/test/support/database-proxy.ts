import net, { type AddressInfo } from 'node:net';

/** A way to the database that can be cut: for the process behind it PostgreSQL is away, while the test still sees it. */
export interface DatabaseProxy {
  url: string;
  /** Every connection is dropped, and no other accepted. */
  cut(): void;
  /** Connections stay and say nothing any more: a server that hangs. */
  hang(): void;
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
    client.on('data', (data) => hangs || upstream.write(data));
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
    mend: () => {
      // What was swallowed is missing from the conversations: they cannot go on.
      if (hangs) dropAll();
      isCut = hangs = false;
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
