import { randomString } from 'n8n-workflow';

import type { CallBody } from './call';

export interface Part {
  name: string;
  content: Buffer;
  /** Given: the part is a file. */
  fileName?: string;
  mimeType?: string;
}

/** `multipart/form-data` (RFC 7578) in one piece, since n8n cannot send a stream of it twice. */
export function multipart(parts: readonly Part[]): CallBody {
  // Long enough that no file contains it.
  const boundary = `otobot-${randomString(40)}`;
  const pieces = parts.flatMap(({ content, ...head }) => [
    Buffer.from(`--${boundary}\r\n${headOf(head)}\r\n\r\n`),
    content,
    Buffer.from('\r\n'),
  ]);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    content: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

function headOf({ name, fileName, mimeType }: Omit<Part, 'content'>): string {
  const file = fileName === undefined ? '' : `; filename="${quoted(fileName)}"`;
  const type =
    fileName === undefined
      ? ''
      : `\r\nContent-Type: ${(mimeType ?? 'application/octet-stream').replace(/[\r\n]/g, '')}`;
  return `Content-Disposition: form-data; name="${quoted(name)}"${file}${type}`;
}

/** As browsers do it, so that a name cannot begin a header of its own. */
function quoted(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
