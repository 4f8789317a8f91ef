import type { Block } from './blocks';

/** Where the output of a block differs from what the page shows after it; null: nowhere. */
export function differenceOf({ language, text }: Block, output: string): string | null {
  if (language === 'json') return differenceOfJson(JSON.parse(text), JSON.parse(output), '$');
  const lines = text.trimEnd().split('\n');
  const missing = lines.find((line) => !patternOf(line).test(output));
  return missing === undefined ? null : `no line is like "${missing}"`;
}

/** The same members, and values of the same kinds. A null on either side is nothing to compare with. */
function differenceOfJson(told: unknown, got: unknown, place: string): string | null {
  if (told === null || got === null) return null;
  if (typeof told !== typeof got || Array.isArray(told) !== Array.isArray(got)) return `${place} is of another kind`;
  if (typeof told !== 'object') return null;
  if (Array.isArray(told)) {
    if (told.length === 0 || (got as unknown[]).length === 0) return null;
    return differenceOfJson(told[0], (got as unknown[])[0], `${place}[0]`);
  }
  const [expected, members] = [told as Record<string, unknown>, got as Record<string, unknown>];
  const names = new Set([...Object.keys(expected), ...Object.keys(members)]);
  for (const name of names) {
    if (!(name in expected)) return `${place}.${name} is not shown`;
    if (!(name in members)) return `${place}.${name} is not answered`;
    const difference = differenceOfJson(expected[name], members[name], `${place}.${name}`);
    if (difference !== null) return difference;
  }
  return null;
}

/** `…` stands for anything, a number for any number, and spaces for any number of them. */
function patternOf(line: string): RegExp {
  const escaped = line.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const loose = escaped.replace(/…/g, '.*').replace(/\d+/g, '\\d+').replace(/ +/g, ' +');
  return new RegExp(`^ *${loose} *$`, 'm');
}
