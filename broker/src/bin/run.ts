import { CommanderError } from 'commander';
import { ConfigurationError } from '../errors/configuration-error';
import { Problem } from '../errors/problem';

/** What a program ends with: sysexits.h for the configuration, the shell's convention for bad usage. */
export const EXIT = { fine: 0, failed: 1, usage: 2, configuration: 78 } as const;

/** Runs a program to its end and says in one line what went wrong, with a hint where there is a way out. Never a secret or a stack. */
export async function runProgram(program: () => Promise<unknown>): Promise<void> {
  try {
    await program();
  } catch (error) {
    process.exitCode = tell(error);
  }
}

function tell(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage; // commander has printed it
  if (error instanceof ConfigurationError) {
    for (const { name, message, hint } of error.mistakes)
      process.stderr.write(`error: ${name} ${message}\nhint: ${hint}\n`);
    return EXIT.configuration;
  }
  if (error instanceof Problem) {
    process.stderr.write(`error: ${error.detail}\n`);
    return EXIT.failed;
  }
  process.stderr.write(`error: ${error instanceof Error ? error.message : 'unknown'}\n`);
  return EXIT.failed;
}
