#!/usr/bin/env node
// Committed, so that npm links the command in a fresh checkout, where nothing is built yet.
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const program = join(__dirname, '..', 'dist', 'monitor-tokens.js');
if (existsSync(program)) require(program);
else {
  console.log('UNKNOWN: monitor-tokens is not built yet');
  console.error('hint: npm run build (npm start builds as well)');
  process.exitCode = 3;
}
