import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The version in broker/package.json: two levels up, from the sources as from the build. */
export const VERSION = (
  JSON.parse(readFileSync(path.resolve(__dirname, '..', '..', 'package.json'), 'utf8')) as { version: string }
).version;
