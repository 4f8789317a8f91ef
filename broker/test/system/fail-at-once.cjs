// Loaded before a command by a test: something goes wrong that nobody catches while it runs.
'use strict';

setTimeout(() => {
  throw new RangeError('canary\n    at canary');
}, 50);
