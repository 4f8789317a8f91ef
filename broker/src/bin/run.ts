import { CommanderError } from 'commander';
import { ConfigurationError } from '../errors/configuration-error';
import { classAndPlace } from '../errors/place';
import { Problem } from '../errors/problem';
import { BadUsage } from './bad-usage';
import { onUncaught } from './fatal';
import { printable } from './terminal/printable';

/** What a program ends with: sysexits.h for the configuration, the shell's convention for bad usage. */
const EXIT = { fine: 0, failed: 1, usage: 2, configuration: 78 } as const;

/** Runs a program to its end and says in one line what went wrong, with a hint where there is a way out. Never a secret or a stack. */
export async function runProgram(
  program: () => Promise<unknown>,
  inItsWords = (detail: string) => detail,
): Promise<void> {
  // Whoever reads along, such as `head`, may have had enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  onUncaught((error) => {
    say(classAndPlace(error));
    process.exit(EXIT.failed);
  });
  try {
    await program();
  } catch (error) {
    process.exitCode = tell(error, inItsWords);
  }
}

function tell(error: unknown, inItsWords: (detail: string) => string): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage; // commander has printed it
  if (error instanceof ConfigurationError) {
    for (const { name, message, hint } of error.mistakes) say(`${name} ${message}`, hint);
    return EXIT.configuration;
  }
  if (error instanceof BadUsage) {
    say(error.message, error.hint);
    return EXIT.usage;
  }
  if (error instanceof Problem) {
    say(...inTwoParts(inItsWords(error.detail)));
    return error.code === 'invalid_request' ? EXIT.usage : EXIT.failed;
  }
  say(error instanceof Error ? error.message : 'unknown');
  return EXIT.failed;
}

function say(error: string, hint?: string): void {
  process.stderr.write(`error: ${printable(error)}\n${hint === undefined ? '' : `hint: ${printable(hint)}\n`}`);
}

/** The detail of a problem says what is wrong in its first sentence, and what to do in the others. */
function inTwoParts(detail: string): [error: string, hint?: string] {
  const end = /[.!?] (?=[A-Z`])/.exec(detail);
  if (end === null) return [detail];
  return [detail.slice(0, end.index + 1), detail.slice(end.index + 2)];
}
