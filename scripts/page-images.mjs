// Draws the pages that a client meets: the few in docs/images/connect, or with a folder as argument every page into that.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const given = process.argv[2];
const folder = given === undefined ? path.join(root, 'docs/images/connect') : path.resolve(given);
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const { status } = spawnSync(
  process.execPath,
  [jest, '--config', 'jest.browser.config.cjs', '--testMatch', '**/page-images.ts', '--silent'],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PAGE_IMAGES: folder, ...(given === undefined ? {} : { PAGE_IMAGES_ALL: 'yes' }) },
  },
);
process.exit(status ?? 1);
