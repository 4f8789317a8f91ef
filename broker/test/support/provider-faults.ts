import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** What a provider may do instead of, or after, answering properly. `process-…`: the tokens move, then the fault. */
export type Fault =
  | 'hang'
  | 'reset'
  | 'process-then-hang'
  | 'process-then-reset'
  | 'process-then-truncate'
  | 'slow-drip'
  | 'oversized'
  | 'gzip-bomb'
  | 'not-http'
  | { status: number; headers?: Record<string, string>; body?: string | Record<string, unknown> }
  /** The proper answer, later. */
  | { delayMs: number };

export interface ProperAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

type Play = (request: IncomingMessage, response: ServerResponse, proper: () => ProperAnswer) => void;

/** Ten bytes a second for ever: what a read timeout that starts anew with every byte never ends. */
const DRIP_MS = 100;

const PLAYS: Record<Extract<Fault, string>, Play> = {
  hang: () => undefined,
  reset: (request) => request.socket.resetAndDestroy(),
  'process-then-hang': (_request, _response, proper) => void proper(),
  'process-then-reset': (request, _response, proper) => {
    proper();
    request.socket.resetAndDestroy();
  },
  'process-then-truncate': (request, response, proper) => {
    const { status, headers, body } = proper();
    response.writeHead(status, { ...headers, 'content-length': String(body.length) });
    response.write(body.slice(0, 10), () => request.socket.destroy());
  },
  'slow-drip': (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), DRIP_MS);
    response.once('close', () => {
      clearInterval(timer);
    });
  },
  oversized: (_request, response) => {
    const chunk = Buffer.alloc(64 * 1024, 0x20);
    const pour = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.writeHead(200, { 'content-type': 'application/json' }).on('drain', pour);
    pour();
  },
  'gzip-bomb': (_request, response) => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb);
  },
  'not-http': (request) => request.socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
};

export function playFault(
  fault: Fault,
  request: IncomingMessage,
  response: ServerResponse,
  proper: () => ProperAnswer,
): void {
  if (typeof fault === 'string') {
    PLAYS[fault](request, response, proper);
  } else if ('delayMs' in fault) {
    void delay(fault.delayMs).then(() => {
      send(response, proper());
    });
  } else {
    const { status, headers = {}, body = '' } = fault;
    const json = typeof body !== 'string';
    const type = json ? { 'content-type': 'application/json' } : {};
    send(response, { status, headers: { ...type, ...headers }, body: json ? JSON.stringify(body) : body });
  }
}

export function send(response: ServerResponse, { status, headers, body }: ProperAnswer): void {
  response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers }).end(body);
}
