import { Command } from 'commander';
import { serveKeyCommand } from './serve-key';

/** The encryption keys of an installation; only somebody at the machine with the master key has a say in them. */
export function keysCommand(): Command {
  return new Command('keys').description('the encryption keys of this installation').addCommand(serveKeyCommand());
}
