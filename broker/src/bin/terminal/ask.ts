import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { BadUsage } from '../bad-usage';

/** Whether there is somebody to ask. */
export function isSomebodyThere(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks before what cannot be undone. Where nobody can be asked, `--yes` has to be given. Throws BadUsage otherwise. `word`: to be typed. */
export async function confirmed(question: string, { yes, word }: { yes: boolean; word: string | null }): Promise<void> {
  if (yes) return;
  if (!isSomebodyThere()) throw new BadUsage(`not done without a confirmation: ${question}`, 'give --yes to do it');
  const answer = await ask(`${question} ${word === null ? '[y/N]' : `Type ${word} to do it:`} `, { hidden: false });
  const isConfirmed = word === null ? /^y(es)?$/i.test(answer.trim()) : answer.trim() === word;
  if (!isConfirmed) throw new BadUsage('not done', `answer ${word ?? 'y'}, or give --yes`);
}

/** Asks for a secret, which does not appear on the terminal. */
export function askSecret(what: string): Promise<string> {
  return ask(`${what} (not shown): `, { hidden: true });
}

/** On standard error, so that standard output stays the answer alone. */
function ask(question: string, { hidden }: { hidden: boolean }): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: hidden ? nowhere : process.stderr, terminal: true });
  return new Promise((resolve, reject) => {
    let answer: string | null = null;
    lines.once('line', (line) => {
      answer = line;
      lines.close();
    });
    lines.once('close', () => {
      if (hidden || answer === null) process.stderr.write('\n');
      // Ctrl-C or Ctrl-D
      if (answer === null) reject(new BadUsage('not done: there was no answer', 'see --help for doing it unasked'));
      else resolve(answer);
    });
  });
}
