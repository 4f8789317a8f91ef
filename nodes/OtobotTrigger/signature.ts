import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far the clocks of broker and n8n may be apart, with the way between them (Standard Webhooks). */
export const TOLERANCE_SECONDS = 300;

/** A request as the broker sends it: https://www.standardwebhooks.com */
export interface SignedRequest {
  id: string;
  /** When it was sent, in Unix seconds; not when what it tells of happened. */
  timestamp: number;
  /** Exactly as it came. */
  body: Buffer;
}

interface Received {
  headers: Readonly<Record<string, unknown>>;
  body: Buffer;
  secret: string;
  nowMs: number;
}

/** @returns the request, if the broker signed it a short time ago; otherwise why it is refused, in words for a log */
export function verified({ headers, body, secret, nowMs }: Received): SignedRequest | string {
  const id = text(headers['webhook-id']);
  const sentAt = text(headers['webhook-timestamp']);
  const signatures = text(headers['webhook-signature']).split(' ');
  if (!/^\d{1,12}$/.test(sentAt) || id === '') return 'it is not signed';
  // While the broker changes its secret, two sign.
  const expected = signatureOf(secret, Buffer.concat([Buffer.from(`${id}.${sentAt}.`), body]));
  if (!signatures.some((signature) => isSame(signature, expected))) return 'its signature is not right';
  const timestamp = Number(sentAt);
  if (Math.abs(nowMs / 1000 - timestamp) > TOLERANCE_SECONDS) return 'it is too old, or the clocks differ';
  return { id, timestamp, body };
}

function signatureOf(secret: string, signed: Buffer): Buffer {
  return createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(signed)
    .digest();
}

function isSame(signature: string, expected: Buffer): boolean {
  if (!signature.startsWith('v1,')) return false;
  const given = Buffer.from(signature.slice('v1,'.length), 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function text(header: unknown): string {
  return typeof header === 'string' ? header : '';
}
