import { readFileSync } from 'node:fs';
import { BadUsage } from '../bad-usage';
import { askSecret, isSomebodyThere } from '../terminal/ask';
import { isMembers, type Members } from './json';

const MOST_BYTES = 1024 * 1024;

/** A secret from a file (`-`: standard input), without the newline that editors add. Secrets never come on the command line, which others see. */
export function secretFrom(file: string, option: string): string {
  const text = contentOf(file, option).replace(/\r?\n$/, '');
  if (text === '')
    throw new BadUsage(
      `${option}: ${file === '-' ? 'standard input' : 'that file'} is empty`,
      'put the secret there, and nothing else',
    );
  return text;
}

/** A secret where no file was named: asked for, or all of standard input. */
export function secretFromWhoeverIsThere(what: string, option: string): Promise<string> {
  return isSomebodyThere() ? askSecret(what) : Promise.resolve(secretFrom('-', option));
}

/** A JSON object from a file or, with `-`, from standard input. */
export function membersFrom(file: string, option: string): Members {
  const text = contentOf(file, option);
  try {
    const value = JSON.parse(text) as Members;
    if (isMembers(value)) return value;
  } catch {
    // JSON.parse quotes the text, which holds secrets.
  }
  throw new BadUsage(`${option}: it holds no JSON object`, 'for example {"accessToken": "…", "refreshToken": "…"}');
}

/** Names the option and never the file: somebody may have put the secret itself in its place. */
function contentOf(file: string, option: string): string {
  try {
    const content = readFileSync(file === '-' ? 0 : file);
    if (content.length <= MOST_BYTES) return content.toString('utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new BadUsage(`${option}: that file cannot be read (${code})`, 'name a file, or - for standard input');
  }
  throw new BadUsage(`${option}: it is longer than 1 MiB`, 'name the file that holds the secret alone');
}
