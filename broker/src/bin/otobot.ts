#!/usr/bin/env node
import '../config/no-tracing';
import '../config/closed-process';
import '../config/young-generation';
import { inCommandWords } from './managing/wording';
import { GROUPS, program } from './program';
import { runProgram } from './run';

void runProgram(
  () => program().parseAsync(),
  (detail) => inCommandWords(GROUPS, detail),
);
