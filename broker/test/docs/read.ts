import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Installation } from '../system/installation';
import type { Program } from '../system/program';
import type { Block } from './blocks';
import type { Reader } from './readers';

const ROOT = path.resolve(__dirname, '../../..');
const WITHIN_MS = 180_000;

/** What everybody has: the commands of a checkout. A request that is refused ends the reading; monitor-tokens may be worried. */
const CHECKOUT = `set -euo pipefail
exec 2>&1
otobot() { node "$ROOT/broker/dist/bin/otobot.js" "$@"; }
monitor-tokens() { node "$ROOT/monitor-tokens.js" "$@" || [ $? -le 2 ]; }
npx() { shift 2; "$@"; }
curl() { command curl --fail-with-body "$@"; }`;

const END_OF_BLOCK = '#### the end of block ';

interface Reading {
  reader: Reader;
  installation: Installation;
  program: Program;
  /** Of what `npm run provider` would start. */
  providerUrl: string;
}

/** Types into one shell what is to run; gives what each block printed. Throws where one fails. */
export async function read(blocks: readonly Block[], reading: Reading): Promise<Map<Block, string>> {
  const run = blocks.filter(({ language, marker }) => language === 'sh' && marker === 'runs');
  const parts = [reading.reader.before, ...run.map((block) => inPlaceOf(block.text, reading))];
  const script = [CHECKOUT, ...parts.map((part, index) => `${part}\necho; echo '${END_OF_BLOCK}${index}'`)].join('\n');
  const { code, output } = await inShell(script, reading);
  const pieces = output.split(new RegExp(`\\n?${END_OF_BLOCK}\\d+\\n`));
  if (code !== 0) {
    const where = run[pieces.length - 2]?.place ?? 'what goes before';
    throw new Error(`${where} failed with ${code ?? 'a signal'}:\n${pieces.at(-1) ?? ''}`);
  }
  return new Map(run.map((block, index) => [block, pieces[index + 1] ?? '']));
}

function inPlaceOf(block: string, { reader, program, providerUrl }: Reading): string {
  const words: (readonly [string, string])[] = [
    ...reader.words,
    ['http://127.0.0.1:3001', program.url],
    ['http://127.0.0.1:4010', providerUrl],
  ];
  return words.reduce((text, [from, to]) => text.replaceAll(from, to), block);
}

async function inShell(
  script: string,
  { installation, program }: Reading,
): Promise<{ code: number | null; output: string }> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'otobot-reader-'));
  const file = path.join(folder, 'page.sh');
  writeFileSync(file, script);
  const env = {
    ...{
      PATH: process.env.PATH,
      HOME: folder,
      ROOT,
      OTOBOT_DATA_DIR: installation.dataDir,
      PORT: new URL(program.url).port,
    },
    ...{ FIRST_KEY: program.accessKey ?? '' },
  };
  // A group of its own: what a command leaves behind ends with it.
  const shell = spawn('bash', [file], { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const timer = setTimeout(() => {
    endGroup(shell.pid);
  }, WITHIN_MS);
  try {
    const [output] = await Promise.all([text(shell.stdout), once(shell, 'close')]);
    return { code: shell.exitCode, output };
  } finally {
    clearTimeout(timer);
    endGroup(shell.pid);
    rmSync(folder, { recursive: true });
  }
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of it is left.
  }
}
