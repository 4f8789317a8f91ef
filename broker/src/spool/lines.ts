import { createHash } from 'node:crypto';

/** What a spool file holds, as far as it can be read. */
export interface ReadLines {
  payloads: string[];
  /** The last line has no end: a write that was cut off, which nobody was told had succeeded. */
  torn: boolean;
  /** Whole lines that are damaged, or of a format that this version does not know. */
  unreadable: Buffer[];
}

const FORMAT = 'otobot-spool-1';
const LINE = /^otobot-spool-1 (\d{1,9}) ([0-9a-f]{64}) (.*)$/s;

/** One entry as a line: format, length and SHA-256 of the payload, payload. The payload has no line break, as JSON has none. */
export function lineOf(payload: string): string {
  const bytes = Buffer.from(payload);
  return `${FORMAT} ${bytes.length} ${digestOf(bytes)} ${payload}\n`;
}

/** Reads what `lineOf` wrote, each line for itself: damage to one leaves the others. Total: any bytes are read somehow. */
export function readLines(content: Buffer): ReadLines {
  // A character a byte, so that damaged lines stay as they are.
  const lines = content.toString('latin1').split('\n');
  const tail = lines.pop() ?? '';
  const payloads: string[] = [];
  const unreadable: Buffer[] = [];
  for (const line of lines) {
    const [, length, digest, text = ''] = LINE.exec(line) ?? [];
    const payload = Buffer.from(text, 'latin1');
    if (digest === digestOf(payload) && Number(length) === payload.length) payloads.push(payload.toString('utf8'));
    else if (line !== '') unreadable.push(Buffer.from(line, 'latin1'));
  }
  return { payloads, torn: tail !== '', unreadable };
}

const digestOf = (payload: Buffer): string => createHash('sha256').update(payload).digest('hex');
