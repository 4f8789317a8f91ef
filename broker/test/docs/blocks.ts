/** A fenced block of a page. */
export interface Block {
  language: string;
  /** Of the fence: page and line. */
  place: string;
  /** What the HTML comment right above says; null: there is none. */
  marker: string | null;
  text: string;
}

const FENCE = /^( *)```(\w*)$/;
const MARKER = /^ *<!-- (.+) -->$/;

/** The fenced blocks of a page, in their order. Those in a list lose their indentation. */
export function blocksOf(page: string, content: string): Block[] {
  const lines = content.split('\n');
  const blocks: Block[] = [];
  let open: { indent: string; block: Block } | null = null;
  for (const [index, line] of lines.entries()) {
    const fence = FENCE.exec(line);
    if (fence === null) {
      if (open !== null) open.block.text += `${line.startsWith(open.indent) ? line.slice(open.indent.length) : line}\n`;
    } else if (open === null) {
      const [, indent = '', language = ''] = fence;
      const marker = MARKER.exec(lines[index - 1] ?? '')?.[1] ?? null;
      open = { indent, block: { language, place: `${page}:${index + 1}`, marker, text: '' } };
    } else {
      blocks.push(open.block);
      open = null;
    }
  }
  if (open !== null) throw new Error(`${open.block.place} does not end`);
  return blocks;
}

/** What is wrong with how a block is marked; null: nothing. */
export function mistakeOf({ language, marker }: Block): string | null {
  if (language === '') return 'has no language: sh for what is typed, text for what is printed';
  if (language === 'sh' && marker !== 'runs' && !/^not run: .+/.test(marker ?? ''))
    return 'needs <!-- runs --> or <!-- not run: why --> on the line above';
  return null;
}
