import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';

/** What a route answers with where the answer may be longer than memory: a file that is sent as it is made. */
export class Streamed {
  constructor(
    readonly contentType: string,
    readonly fileName: string,
    readonly chunks: AsyncIterable<string>,
  ) {}
}

/**
 * Sends it no faster than it is read. What fails on the way cannot become a problem any more: the connection is cut, so that nobody takes a
 * part for the whole.
 */
export async function sendStreamed(response: Response, { contentType, fileName, chunks }: Streamed): Promise<void> {
  response.setHeader('Content-Type', contentType);
  response.setHeader('Content-Disposition', `attachment; filename="${fileName}"`);
  if (response.req.method === 'HEAD') response.end();
  else await pipeline(Readable.from(chunks), response).catch(unlessGone);
  response.end(); // where he is gone, nobody hears it but the door: the work for him is done
}

/** Who asked and went away needs no answer. */
function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
}
