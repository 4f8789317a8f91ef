import type { Language } from './models';

const LANGUAGES: readonly Language[] = ['en', 'fr'];

/**
 * The language of the person reading: what the browser prefers (RFC 9110 §12.5.4), else the client's locale, else
 * English.
 */
export function languageOf(acceptLanguage: string | undefined, locale: string | null): Language {
  const wishes = (acceptLanguage ?? '')
    .split(',', 20)
    .map(wishOf)
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight);
  return [...wishes.map(({ tag }) => tag), locale ?? ''].map(spoken).find((language) => language !== undefined) ?? 'en';
}

function wishOf(part: string): { tag: string; weight: number } {
  const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  return { tag, weight: weight === undefined ? 1 : Number(weight.slice(2)) };
}

function spoken(tag: string): Language | undefined {
  const primary = tag.toLowerCase().split(/[-_]/)[0];
  return LANGUAGES.find((language) => language === primary);
}
