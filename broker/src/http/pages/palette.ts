import { formatColor, mix, parseColor, readableOn, textOn, type Rgb } from './color';

const OWN_COLOR: Rgb = [43, 84, 178];
// WCAG 2.2: 1.4.3 for text, 1.4.11 for the outline of a control.
const TEXT_CONTRAST = 4.5;
const SHAPE_CONTRAST = 3;

interface Surface {
  page: Rgb;
  card: Rgb;
  tint: number;
}
const LIGHT: Surface = { page: [244, 245, 247], card: [255, 255, 255], tint: 0.07 };
const DARK: Surface = { page: [14, 16, 20], card: [24, 27, 33], tint: 0.14 };

/** The colours that follow the brand's, as CSS variables, for light and for dark screens: readable whatever it is. */
export function palettes(brandColor: string | null): { light: string; dark: string } {
  const brand = parseColor(brandColor) ?? OWN_COLOR;
  return { light: variables(brand, LIGHT), dark: variables(brand, DARK) };
}

function variables(brand: Rgb, { page, card, tint }: Surface): string {
  const wash = mix(card, brand, tint);
  const colors: Record<string, Rgb> = {
    page: mix(page, brand, tint / 2),
    card,
    // The brand's own colour, however bright; what marks the button off from the card is its edge.
    button: brand,
    'on-button': textOn(brand),
    edge: readableOn(card, brand, SHAPE_CONTRAST),
    wash,
    // On the wash, which is never further from the text than the card.
    accent: readableOn(wash, readableOn(card, brand, TEXT_CONTRAST), TEXT_CONTRAST),
  };
  return Object.entries(colors)
    .map(([name, color]) => `--${name}:${formatColor(color)};`)
    .join('');
}
