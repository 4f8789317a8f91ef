import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { until } from '../../broker/test/support/until';

const BOOTSTRAP = path.resolve(__dirname, '../../scripts/bootstrap.mjs');
/** Stands for npm: as slow as the test likes, and it empties node_modules first, as `npm ci` does. */
const NPM = `
const fs = require('node:fs');
fs.appendFileSync('journal', 'npm ' + process.argv.slice(2).join(' ') + '\\n');
fs.rmSync('node_modules', { recursive: true, force: true });
const end = () => {
  if (fs.existsSync('hold')) return setTimeout(end, 10);
  if (fs.existsSync('broken')) return console.error('npm error: no network'), process.exit(1);
  fs.mkdirSync('node_modules');
  fs.appendFileSync('journal', 'npm ended\\n');
};
end();`;
const BUILD = `
import fs from 'node:fs';
fs.appendFileSync('journal', 'build\\n');
for (const folder of ['dist', 'broker/dist', 'monitor/dist']) fs.mkdirSync(folder, { recursive: true });`;

const INSTALL = 'npm ci --ignore-scripts --include=dev --include=optional --no-audit --no-fund';
const children: ChildProcess[] = [];
let checkout: string;

beforeEach(() => {
  checkout = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-checkout-'));
  write('package-lock.json', '{}');
  write('scripts/build.mjs', BUILD);
  write('scripts/bootstrap.mjs', fs.readFileSync(BOOTSTRAP, 'utf8'));
  write('npm-cli.js', NPM);
  write('broker/src/one.ts', 'one');
});
afterEach(async () => {
  fs.rmSync(path.join(checkout, 'hold'), { force: true });
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  fs.rmSync(checkout, { recursive: true, maxRetries: 5 });
});

function write(name: string, text: string): void {
  const file = path.join(checkout, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

function journal(): string[] {
  const file = path.join(checkout, 'journal');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n') : [];
}

function count(beginning: string): number {
  return journal().filter((line) => line.startsWith(beginning)).length;
}

interface Start {
  child: ChildProcess;
  /** What it has printed so far. */
  output(): string;
  ended: Promise<{ code: number; output: string }>;
}

function start(): Start {
  const env = { ...process.env, npm_execpath: path.join(checkout, 'npm-cli.js'), NODE_ENV: 'production' };
  const child = spawn(process.execPath, [path.join(checkout, 'scripts/bootstrap.mjs')], { env });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, output }));
  return { child, output: () => output, ended };
}

async function bootstrap(): Promise<string> {
  const { code, output } = await start().ended;
  expect({ code, output }).toMatchObject({ code: 0 });
  return output;
}

test('a bare checkout is installed and built once, and then nothing is done', async () => {
  const output = await bootstrap();
  expect(output).toMatch(/^otobot: installing the dependencies .* done in \d+ s\notobot: building … done in \d+ s\n$/);
  expect(journal()).toEqual([INSTALL, 'npm ended', 'build']);
  expect(await bootstrap()).toBe('');
  expect(journal()).toHaveLength(3);
});

test('changed sources, and a build that was removed, are built; times alone are no change', async () => {
  await bootstrap();
  fs.utimesSync(path.join(checkout, 'broker/src/one.ts'), 1, 1);
  await bootstrap();
  expect(count('build')).toBe(1);
  write('broker/src/two.ts', 'two');
  await bootstrap();
  expect(count('build')).toBe(2);
  fs.rmSync(path.join(checkout, 'broker/dist'), { recursive: true });
  await bootstrap();
  expect([count('build'), count('npm ci')]).toEqual([3, 1]);
});

test('a changed lockfile is installed', async () => {
  await bootstrap();
  write('package-lock.json', '{ "packages": {} }');
  await bootstrap();
  expect(count('npm ci')).toBe(2);
});

test('two at once install and build once', async () => {
  write('hold', '');
  const both = [start(), start()];
  await until(
    'one waits',
    () => count('npm ci') === 1 && both.some(({ output }) => output().includes('waiting for it')),
  );
  fs.rmSync(path.join(checkout, 'hold'));
  expect((await Promise.all(both.map(({ ended }) => ended))).map(({ code }) => code)).toEqual([0, 0]);
  expect(journal()).toEqual([INSTALL, 'npm ended', 'build']);
});

test('when the first is killed, the next one begins only after its npm has ended', async () => {
  write('hold', '');
  const first = start();
  await until('npm runs', () => count('npm ci') === 1);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const second = start();
  await until('the second waits', () => second.output().includes('waiting for it'));
  expect(count('npm ci')).toBe(1);
  fs.rmSync(path.join(checkout, 'hold'));
  expect((await second.ended).code).toBe(0);
  expect(journal()).toEqual([INSTALL, 'npm ended', INSTALL, 'npm ended', 'build']);
});

test('what npm complained about is shown, and the next start tries again', async () => {
  write('broken', '');
  const { code, output } = await start().ended;
  expect(code).toBe(1);
  expect(output).toContain('npm error: no network');
  fs.rmSync(path.join(checkout, 'broken'));
  await bootstrap();
  expect(count('npm ci')).toBe(2);
});
