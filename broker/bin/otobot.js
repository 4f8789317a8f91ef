#!/usr/bin/env node
// Committed, so that npm links the command in a fresh checkout, where nothing is built yet.
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const program = join(__dirname, '..', 'dist', 'bin', 'otobot.js');
if (existsSync(program)) require(program);
else {
  console.error('error: otobot is not built yet\nhint: npm start, or npm run build');
  process.exitCode = 1;
}
