import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Problem } from '../errors/problem';
import { problemText } from './problem-response';

/** Tells a problem before, or without, Express: to those who are turned away at the door. Costs next to nothing. */
export function answerPlainly(response: ServerResponse, problem: Problem): void {
  const { headers, body } = plain(problem);
  response.writeHead(problem.status, headers).end(body);
}

/** Time to read why, for somebody who may still be sending. */
const LINGER_MS = 1_000;

/** The same on a connection whose bytes could not be read as a request; the connection ends with it. */
export function answerSocket(socket: Socket, problem: Problem): void {
  const { headers, body } = plain(problem);
  const lines = Object.entries({ ...headers, Connection: 'close' }).map(([name, value]) => `${name}: ${value}`);
  const { status } = problem;
  socket.end(`${[`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines].join('\r\n')}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function plain(problem: Problem): { headers: Record<string, string>; body: string } {
  const requestId = randomUUID();
  const body = problemText(problem, requestId);
  const { retryAfterSeconds } = problem.extras;
  const headers = {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none';frame-ancestors 'none'",
    'X-Content-Type-Options': 'nosniff',
    'X-Request-Id': requestId,
    ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }),
  };
  return { headers, body };
}
