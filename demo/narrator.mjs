// What the demo says, and how: in colour with a moving mark where a person looks on, plain lines everywhere else.
import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const FRAME_MS = 80;

/** @param stream where it is told, such as `process.stdout`; @param env NO_COLOR and FORCE_COLOR are obeyed */
export function narrator(stream, env = process.env) {
  const isLive = stream.isTTY === true;
  const hasColour = !env.NO_COLOR && (isLive || Boolean(env.FORCE_COLOR));
  const styled = (style, text) => (hasColour ? styleText(style, text) : text);
  const line = (text = '') => stream.write(`${text}\n`);
  const startedAt = performance.now();
  let chapters = 0;

  return {
    line,
    styled,
    title: (text) => line(`\n${styled('bold', text)}`),
    chapter: (text) => line(`\n${styled(['bold', 'cyan'], `${(chapters += 1)}. ${text}`)}`),
    /** What a person would type to see the same. */
    typed: (text) => line(styled('dim', `   $ ${text}`)),
    fact: (text) => line(`   ${text}`),
    done: (text) => line(`   ${styled('green', '✓')} ${text}`),
    refused: (text) => line(`   ${styled('yellow', '✗')} ${text}`),
    seconds: () => ((performance.now() - startedAt) / 1000).toFixed(0),
    /** Shows that something is going on until `work` has ended; its result, or its error, is passed on. */
    during: async (text, work) => {
      const began = performance.now();
      const stopped = new AbortController();
      const moving = isLive ? move(stream, text, stopped.signal) : Promise.resolve(line(`   … ${text}`));
      try {
        return await work();
      } finally {
        stopped.abort();
        await moving;
        if (isLive) stream.write('\r\u001b[2K');
        line(styled('dim', `   ${text}: ${((performance.now() - began) / 1000).toFixed(1)} s`));
      }
    },
  };
}

async function move(stream, text, signal) {
  for (let frame = 0; !signal.aborted; frame += 1) {
    stream.write(`\r   ${FRAMES[frame % FRAMES.length]} ${text}`);
    await sleep(FRAME_MS, undefined, { signal }).catch(() => undefined);
  }
}
