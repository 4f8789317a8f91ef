import fc from 'fast-check';

import { contrast, formatColor, parseColor, readableOn, textOn, type Rgb } from '../../src/http/pages/color';
import { palettes } from '../../src/http/pages/palette';

const channel = fc.integer({ min: 0, max: 255 });
const rgb = fc.tuple(channel, channel, channel);
const WHITE: Rgb = [255, 255, 255];

function colorOf(variables: string, name: string): Rgb {
  const color = parseColor(new RegExp(`--${name}:(#[0-9a-f]{6});`).exec(variables)?.[1] ?? null);
  if (color === null) throw new Error(`no --${name} in ${variables}`);
  return color;
}

test('contrast follows the published formula', () => {
  expect(contrast([0, 0, 0], WHITE)).toBeCloseTo(21, 5);
  expect(contrast([118, 118, 118], WHITE)).toBeCloseTo(4.54, 2);
  expect(contrast(WHITE, WHITE)).toBe(1);
});

test('a colour survives being written and read', () => {
  fc.assert(fc.property(rgb, (color) => expect(parseColor(formatColor(color))).toEqual(color)));
});

test.each(['red', '#fff', '#12345g', '#1234567', '#123456;}', '', null])('%j is no colour', (text) => {
  expect(parseColor(text)).toBeNull();
});

test('text can be read on any colour', () => {
  fc.assert(fc.property(rgb, (color) => expect(contrast(textOn(color), color)).toBeGreaterThanOrEqual(4.5)));
});

test('any colour can be made readable on any background', () => {
  fc.assert(
    fc.property(rgb, rgb, (background, color) => {
      expect(contrast(readableOn(background, color, 4.5), background)).toBeGreaterThanOrEqual(4.5);
    }),
  );
});

test('a colour that is readable stays as it is', () => {
  expect(readableOn(WHITE, [15, 92, 92], 4.5)).toEqual([15, 92, 92]);
});

test('whatever the brand, its page can be read by day and by night', () => {
  fc.assert(
    fc.property(rgb, (brand) => {
      for (const variables of Object.values(palettes(formatColor(brand)))) {
        const [page, card, wash] = [colorOf(variables, 'page'), colorOf(variables, 'card'), colorOf(variables, 'wash')];
        const [button, label] = [colorOf(variables, 'button'), colorOf(variables, 'on-button')];
        const accent = colorOf(variables, 'accent');
        expect(contrast(label, button)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(colorOf(variables, 'edge'), card)).toBeGreaterThanOrEqual(3);
        expect(Math.min(contrast(accent, card), contrast(accent, wash))).toBeGreaterThanOrEqual(4.5);
        // The muted text of the style sheet, on the two tinted surfaces.
        const muted: Rgb = contrast(card, WHITE) === 1 ? [0x4c, 0x54, 0x5f] : [0xb3, 0xba, 0xc5];
        expect(Math.min(contrast(muted, page), contrast(muted, wash))).toBeGreaterThanOrEqual(4.5);
      }
    }),
    { numRuns: 500 },
  );
});
