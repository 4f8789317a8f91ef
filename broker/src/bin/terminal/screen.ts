import { styleText } from 'node:util';
import { wantsColours } from '../../config/terminal';

type Style = Parameters<typeof styleText>[0];

/** Where the answer for people goes: how wide it is, and whether it shows colours. */
export interface Screen {
  columns: number;
  paint(style: Style, text: string): string;
}

const WIDEST = 100;
const NARROWEST = 60;

/** Lines beyond 100 columns are hard to read, also on a wide terminal; a file gets 100. */
export function screenOf(stream: NodeJS.WriteStream): Screen {
  const colours = stream.isTTY && wantsColours();
  const wide = stream.isTTY ? stream.columns : WIDEST;
  return {
    columns: Math.max(NARROWEST, Math.min(WIDEST, wide)),
    paint: (style, text) => (colours ? styleText(style, text) : text),
  };
}
