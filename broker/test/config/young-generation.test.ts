import { execFileSync } from 'node:child_process';
import path from 'node:path';

const BOUND = path.resolve(__dirname, '..', '..', 'dist', 'config', 'young-generation.js');
const WORK = path.join(__dirname, 'much-under-way.cjs');

const grownMiB = (...options: string[]): number =>
  Number(execFileSync(process.execPath, [...options, WORK], { encoding: 'utf8' }));

test("V8's young generation stays at 8 MiB, where it would grow to more by itself", () => {
  expect(grownMiB()).toBeGreaterThan(8);
  expect(grownMiB('--require', BOUND)).toBeLessThanOrEqual(8);
});
