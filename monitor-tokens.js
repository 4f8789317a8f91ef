#!/usr/bin/env node
// `node monitor-tokens.js`, from the checkout: the program of the monitor workspace.
const { existsSync } = require('node:fs');
const path = require('node:path');

const program = path.join(__dirname, 'monitor', 'dist', 'monitor-tokens.js');

if (existsSync(program)) {
  require(program);
} else {
  console.log('UNKNOWN: monitor-tokens is not built yet');
  console.error('hint: npm run build (npm start builds as well)');
  process.exitCode = 3;
}
