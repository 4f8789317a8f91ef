// Loaded before the program by a test: on these signals something goes wrong that nobody catches, as a mistake of ours would.
'use strict';

const { MESSAGE } = process.env;
process.on('SIGUSR2', () => setImmediate(() => throwDeep()));
process.on('SIGWINCH', () => void Promise.reject(new TypeError(MESSAGE)));

function throwDeep() {
  throw new RangeError(`${MESSAGE}\n    at ${MESSAGE}`);
}
