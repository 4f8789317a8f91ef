const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

// Control characters, halves of surrogate pairs, and what turns the reading direction round: a name could display as another.
const UNSHOWABLE = /(?![\n\t])[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu;

/** Markup that needs no more escaping. A class, so that no text can pass for it. */
export class Html {
  constructor(readonly markup: string) {}
}

export type Content = Html | string | null | readonly Content[];

/** Text as markup that shows exactly that text, between tags or in a quoted attribute. */
export function escapeText(text: string): string {
  return text.replace(UNSHOWABLE, '\u{fffd}').replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '');
}

/**
 * A template whose every value is escaped, unless it was made by this function; null shows nothing.
 * Attribute values have to stand in quotes.
 */
export function html(parts: TemplateStringsArray, ...values: Content[]): Html {
  return new Html(parts.map((part, index) => part + render(values[index] ?? null)).join(''));
}

function render(content: Content): string {
  if (content === null) return '';
  if (typeof content === 'string') return escapeText(content);
  return content instanceof Html ? content.markup : content.map(render).join('');
}
