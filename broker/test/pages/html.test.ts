import fc from 'fast-check';

import { escapeText, html } from '../../src/http/pages/html';

// What a browser tells tags and attributes by.
const markupOf = (text: string): string => text.replace(/[^<>"'`=]/g, '');
const hostile = fc.string({
  unit: fc.constantFrom('<', '>', '"', "'", '`', '&', '/', '!', '-', 'x', ' ', '\n', '\u0000', '\u202e', '\ud800', 'é'),
});

test('whatever text goes in, no tag or attribute comes out', () => {
  const page = (text: string): string => html`<p title="${text}">${text} ${[text, html`<b>${text}</b>`]}</p>`.markup;
  fc.assert(
    fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (text) => {
      expect(markupOf(page(text.replaceAll('=', '')))).toBe(markupOf(page('plain')));
    }),
  );
});

test('a reader sees the very text that went in', () => {
  const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' };
  const unescape = (markup: string): string => markup.replace(/&([^;]+);/g, (_, name: string) => names[name] ?? '?');
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(unescape(escapeText(text))).toBe(text);
    }),
  );
});

test.each(['\u0000', '\u001b', '\u007f', '\u0085', '\u061c', '\u202e', '\u2066', '\ud800'])(
  'a character that nobody can see, or that turns the text round, is made visible (%j)',
  (character) => {
    expect(html`a${`b${character}c`}`.markup).toBe('ab\u{fffd}c');
  },
);

test('new lines and tabs stay', () => {
  expect(html`${'a\n\tb'}`.markup).toBe('a\n\tb');
});

test('null shows nothing', () => {
  expect(html`a${null}b${[null, 'c']}`.markup).toBe('abc');
});

test('text that looks like our own markup object is still text', () => {
  expect(html`${JSON.parse('["<b>"]') as string[]}`.markup).toBe('&lt;b&gt;');
});
