// Beyond ASCII only Latin letters: of one column each in every terminal, and none of them moves or hides text.
const STRANGE = /[^\x20-\x7e\u00a1-\u00ac\u00ae-\u024f]/gu;

/** Text as a terminal may safely have it, one column per character: all else is shown by its code, as in \u{1b}. */
export function printable(text: string): string {
  return text.replace(STRANGE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
