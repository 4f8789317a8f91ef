import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** A request as it came in. */
export interface Received {
  headers: Record<string, string>;
  text: string;
  /** `webhook-id`. */
  id: string;
  event: { type: string; timestamp: string; data: Record<string, unknown> };
}

export interface Receiver {
  url: string;
  received: Received[];
  /** How requests are answered from now on; 204 unless told. */
  answer(answer: Answering): void;
  /** Throws unless the signature holds, as a receiver in another language checks it. */
  verify(received: Received, secret: string): void;
  close(): Promise<void>;
}

export type Answering = (received: Received, response: http.ServerResponse) => void;

/** An endpoint on loopback, as somebody who hears of events runs one. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let answering: Answering = (_received, response) => response.writeHead(204).end();
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const one = { headers, text, id: headers['webhook-id'] ?? '', event: JSON.parse(text) as Received['event'] };
      received.push(one);
      answering(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answer: (next) => {
      answering = next;
    },
    verify: ({ text, headers }, secret) => {
      new Webhook(secret).verify(text, headers);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
