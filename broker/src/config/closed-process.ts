// What would let somebody look into a running process, or write its memory to a disk, is switched off as early as a program can do it:
// this stands among its first imports. The flags of Node that do the same are refused in production (node-options.ts).
import { writeFileSync } from 'node:fs';

// Node opens its debugger on this signal, to everybody on this machine. With a listener of ours it does not.
process.on('SIGUSR1', () => undefined);

// Diagnostic reports hold the environment, the command line and the JavaScript stack.
process.report.reportOnSignal = false;
process.report.reportOnUncaughtException = false;
process.report.reportOnFatalError = false;

try {
  // Linux: of this process, and of those it starts, a core dump holds no memory, whatever the limit for its size is.
  writeFileSync('/proc/self/coredump_filter', '0');
} catch {
  // Another system, or no /proc: process-limits.ts warns in production.
}
