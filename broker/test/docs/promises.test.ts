import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '..', '..', '..');
const page = readFileSync(path.join(ROOT, 'docs', 'security.md'), 'utf8');
const promised = page.slice(page.indexOf('## Access'), page.indexOf('## Not promised'));
const rows = promised.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| promise'));
const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

test('there are promises', () => {
  expect(rows.length).toBeGreaterThan(25);
});

test.each(rows)('%s', (row) => {
  const proofs = [...(row.split('|').at(-2) ?? '').matchAll(/`([^`]+)`/g)].map(([, proof]) => proof ?? '');
  expect(proofs).not.toEqual([]);
  expect(proofs.filter((proof) => !isThere(proof))).toEqual([]);
});

function isThere(proof: string): boolean {
  const [, script] = /^npm run ([\w:]+)/.exec(proof) ?? [];
  if (script !== undefined) return script in scripts;
  return existsSync(path.join(ROOT, proof.startsWith('test/') ? '' : 'broker/test', proof));
}
