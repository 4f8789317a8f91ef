/** Memory for answers that hold a secret: lent for one answer, zeroed when it comes back, and used again. */
export interface AnswerBuffers {
  lend(length: number): Buffer;
  /** Zeroes it. Nobody may use it after that. */
  takeBack(buffer: Buffer): void;
}

/** Most answers fit; larger ones get memory of their own. */
const BLOCK_BYTES = 8 * 1024;
const MOST_KEPT = 256;

export function createAnswerBuffers(): AnswerBuffers {
  const free: ArrayBuffer[] = [];
  return {
    lend: (length) => {
      // Not from Node's own pool: whatever else lives there must not find a secret beside it.
      const block = length > BLOCK_BYTES ? undefined : free.pop();
      return Buffer.from(block ?? new ArrayBuffer(Math.max(length, BLOCK_BYTES)), 0, length);
    },
    takeBack: (buffer) => {
      buffer.fill(0);
      const { buffer: block } = buffer;
      if (block instanceof ArrayBuffer && block.byteLength === BLOCK_BYTES && free.length < MOST_KEPT) free.push(block);
    },
  };
}
