#!/usr/bin/env node
// `node monitor-tokens.js`, from the checkout: the program of the monitor workspace.
require('./monitor/bin/monitor-tokens.js');
