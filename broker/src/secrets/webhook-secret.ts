import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** The text of a signing secret, as Standard Webhooks writes it: 32 bytes in base64 behind `whsec_`. */
export function webhookSecretText(secret: Buffer): string {
  return PREFIX + secret.toString('base64');
}

/** New bytes for a signing secret. `randomBytes` must be cryptographically random, such as that of node:crypto. */
export function mintWebhookSecret(randomBytes: (size: number) => Buffer): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** What is signed: an id that is the same each time it is sent, and when that is, so that nobody can send it again later. */
export interface SignedMessage {
  id: string;
  sentAt: Date;
  body: string;
}

/** The headers of Standard Webhooks 1.0: a signature for each secret that counts, parted by a space. */
export function webhookHeaders(
  secrets: readonly Buffer[],
  { id, sentAt, body }: SignedMessage,
): Record<string, string> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1_000));
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
