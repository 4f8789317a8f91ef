import { blocksOf, mistakeOf } from './blocks';
import { differenceOf } from './shown';

const fenced = (language: string, text: string, above = ''): string => `${above}\n\`\`\`${language}\n${text}\n\`\`\`\n`;
const [json, text] = blocksOf(
  'page',
  fenced('json', '{"id": "…", "end": null, "items": [{"n": 1}]}') + fenced('text', '3 rows, …'),
);

test.each([
  ['a member that is not shown', '{"id": "a", "end": 1, "items": [], "more": 1}', '$.more is not shown'],
  ['a member that is not answered', '{"id": "a", "items": []}', '$.end is not answered'],
  ['a value of another kind', '{"id": 7, "end": null, "items": []}', '$.id is of another kind'],
  ['another member of an item', '{"id": "a", "end": null, "items": [{"m": 1}]}', '$.items[0].n is not answered'],
  ['nothing, where only values differ', '{"id": "b", "end": "x", "items": [{"n": 2}]}', null],
])('JSON is compared by shape: %s', (_what, output, difference) => {
  expect(json && differenceOf(json, output)).toBe(difference);
});

test('text is compared by line, whatever the numbers are', () => {
  expect(text && differenceOf(text, 'first\n12 rows,  and so on\n')).toBeNull();
  expect(text && differenceOf(text, '12 lines, and so on\n')).toBe('no line is like "3 rows, …"');
});

test.each([
  ['nothing is above it', fenced('sh', 'ls'), /needs <!-- runs -->/],
  ['no reason is given', fenced('sh', 'ls', '<!-- not run -->'), /needs <!-- runs -->/],
  ['it has no language', fenced('', 'ls', '<!-- runs -->'), /has no language/],
])('a block is refused where %s', (_what, page, mistake) => {
  expect(blocksOf('page', page).map(mistakeOf)).toEqual([expect.stringMatching(mistake)]);
});
