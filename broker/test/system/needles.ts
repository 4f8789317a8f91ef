import fs from 'node:fs';
import path from 'node:path';

/** A secret, in every form in which it might turn up. */
export interface Needle {
  name: string;
  forms: Buffer[];
}

export function needle(name: string, secret: string): Needle {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const percent = hex.replace(/../g, '%$&');
  const texts = [
    hex,
    hex.toUpperCase(),
    percent,
    percent.toUpperCase(),
    encodeURIComponent(secret),
    hex.replace(/../g, '\\u00$&'),
    JSON.stringify(secret).slice(1, -1),
    ...insideBase64(bytes),
  ];
  return { name, forms: [bytes, ...new Set(texts)].map((form) => Buffer.from(form)) };
}

/** What stays the same of its base64 and base64url wherever it stands inside a longer text: three positions. */
function insideBase64(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    // The first characters also depend on what stands before, the last on what comes after.
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor((whole.length * 8) / 6);
    return (['base64', 'base64url'] as const).map((encoding) => whole.toString(encoding).slice(first, last));
  });
}

/** Names of the needles that are in these bytes. */
export function found(needles: readonly Needle[], bytes: Buffer): string[] {
  return needles.filter(({ forms }) => forms.some((form) => bytes.includes(form))).map(({ name }) => name);
}

/** `file: needle` for everything found in the files below a folder. */
export function foundBelow(folder: string, needles: readonly Needle[], except: readonly string[] = []): string[] {
  return fs.readdirSync(folder, { withFileTypes: true, recursive: true }).flatMap((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || except.includes(path.relative(folder, file))) return [];
    return found(needles, fs.readFileSync(file)).map((name) => `${path.relative(folder, file)}: ${name}`);
  });
}
