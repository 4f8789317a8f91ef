import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInstallation } from '../system/installation';
import { blocksOf, mistakeOf, type Block } from './blocks';
import { startDemoProvider } from './demo-provider';
import { read } from './read';
import { READERS } from './readers';
import { differenceOf } from './shown';

const ROOT = path.resolve(__dirname, '../../..');
const blocksOfPage = (page: string): Block[] => blocksOf(page, readFileSync(path.join(ROOT, page), 'utf8'));
// docs/api.md is made of the routes, and api.test.ts runs its examples.
const pages = ['README.md', ...readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter(
  (page) => page.endsWith('.md') && page !== 'docs/api.md',
);

test('every block says whether it is run, and if not, why', () => {
  const mistakes = pages.flatMap(blocksOfPage).flatMap((block) => {
    const mistake = mistakeOf(block);
    return mistake === null ? [] : [`${block.place} ${mistake}`];
  });
  expect(mistakes).toEqual([]);
  const toRun = pages.filter((page) => blocksOfPage(page).some(({ marker }) => marker === 'runs'));
  expect(READERS.flatMap((reader) => reader.pages).sort()).toEqual(toRun.sort());
});

test.each(READERS.map((reader) => [reader.pages.join(', '), reader] as const))(
  'what is typed works on a fresh installation, and prints what is shown: %s',
  async (_pages, reader) => {
    const installation = createInstallation();
    const provider = await startDemoProvider();
    try {
      const program = await installation.start('start');
      const blocks = reader.pages.flatMap(blocksOfPage);
      const outputs = await read(blocks, { reader, installation, program, providerUrl: provider.url });
      const shown = blocks.filter(({ marker }) => marker === 'shown');
      // What is shown is of the last block before it.
      const differences = shown.flatMap((block) => {
        const before = blocks.slice(0, blocks.indexOf(block)).filter((each) => outputs.has(each));
        const difference = differenceOf(block, outputs.get(before.at(-1) as Block) ?? '');
        return difference === null ? [] : [`${block.place} ${difference}`];
      });
      expect(differences).toEqual([]);
    } finally {
      await provider.stop();
      await installation.remove();
    }
  },
  200_000,
);
