#!/usr/bin/env node
import { monitorTokens } from './program';

const { stdout, stderr } = process;

// The reader has seen enough (`| head`): that is no failure, and the exit code stays that of the verdict.
stdout.on('error', () => undefined);

void monitorTokens({
  arguments: process.argv.slice(2),
  environment: process.env,
  terminal: stdout.isTTY ? { columns: stdout.columns, rows: stdout.rows } : null,
  out: (text) => stdout.write(text),
  complain: (text) => stderr.write(text),
}).then((code) => {
  process.exitCode = code;
  // Everything is written by then; a connection to a hanging server would keep the process.
  stdout.write('', () => process.exit());
});
