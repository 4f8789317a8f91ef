'use strict';
// What a provider may do to a request instead of, or after, answering it properly. Each gets (request, response, proper), where
// proper() moves the tokens and returns the answer that would have been right.
const { setTimeout: delay } = require('node:timers/promises');
const { gzipSync } = require('node:zlib');

/** Ten bytes a second for ever: what a read timeout that starts anew with every byte never ends. */
const DRIP_MS = 100;
const JSON_TYPE = { 'content-type': 'application/json' };

const FAULTS = {
  hang: () => undefined,
  reset: (request) => void request.socket.resetAndDestroy(),
  'process-then-hang': (_request, _response, proper) => void proper(),
  'process-then-reset': (request, _response, proper) => {
    proper();
    request.socket.resetAndDestroy();
  },
  'process-then-gateway': (_request, response, proper) => {
    proper();
    send(response, { status: 502, headers: JSON_TYPE, body: '{"message":"bad gateway"}' });
  },
  'process-then-truncate': (request, response, proper) => {
    const { status, headers, body } = proper();
    response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
    response.write(body.slice(0, 10), () => request.socket.destroy());
  },
  'cut-after-headers': (request, response, proper) => {
    const { status, headers, body } = proper();
    response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) }).flushHeaders();
    // What was handed to the kernel leaves before the end of the connection does.
    request.socket.end();
  },
  'slow-drip': (_request, response) => {
    response.writeHead(200, JSON_TYPE);
    const timer = setInterval(() => response.write(' '), DRIP_MS);
    response.once('close', () => clearInterval(timer));
  },
  oversized: (_request, response) => {
    const chunk = Buffer.alloc(64 * 1024, 0x20);
    const pour = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.writeHead(200, JSON_TYPE).on('drain', pour);
    pour();
  },
  'gzip-bomb': (_request, response) => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
    response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end(bomb);
  },
  'not-http': (request) => void request.socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
};

/** `between(min, max)` draws a number. */
function playFault(fault, { request, response, proper, between }) {
  if (typeof fault === 'string') return FAULTS[fault](request, response, proper);
  if ('delayMs' in fault) {
    const early = fault.processed ? proper() : null;
    const [min, max] = [fault.delayMs].flat();
    return void delay(between(min, max ?? min)).then(() => send(response, early ?? proper()));
  }
  const { status, headers = {}, body = '', processed = false } = fault;
  if (processed) proper();
  const json = typeof body !== 'string';
  send(response, {
    status,
    headers: { ...(json ? JSON_TYPE : {}), ...headers },
    body: json ? JSON.stringify(body) : body,
  });
}

/** What a fault is called in the journal. Throws on one that is none. */
function nameOfFault(fault) {
  if (typeof fault === 'string' && Object.hasOwn(FAULTS, fault)) return fault;
  if (fault?.delayMs !== undefined) return 'delay';
  if (Number.isInteger(fault?.status))
    return fault.processed ? `process-then-${fault.status}` : `status-${fault.status}`;
  throw new Error(`no fault is called ${JSON.stringify(fault)}`);
}

function send(response, { status, headers, body }) {
  response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers }).end(body);
}

module.exports = { FAULTS, playFault, nameOfFault, send };
