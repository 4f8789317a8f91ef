import { inWords } from '../../src/http/pages/dates';
import { languageOf } from '../../src/http/pages/language';

test.each([
  ['fr-FR,fr;q=0.9,en;q=0.8', 'en', 'fr'],
  ['en;q=0.5, fr;q=0.9', null, 'fr'],
  ['FR-ca', null, 'fr'],
  ['de-DE,de;q=0.9,fr;q=0.3,en;q=0.2', 'en', 'fr'],
  ['de', 'fr-CA', 'fr'],
  ['de', 'fr_FR', 'fr'],
  [undefined, 'fr', 'fr'],
  ['*', 'fr', 'fr'],
  ['fr;q=0, de', 'en', 'en'],
  ['fr;q=no, en;q=0.1', null, 'en'],
  ['', null, 'en'],
  ['frr,fro', 'de', 'en'],
  [',;,=;q', '', 'en'],
] as const)('accepting %j with the locale %j reads %j', (acceptLanguage, locale, language) => {
  expect(languageOf(acceptLanguage, locale)).toBe(language);
});

test('an endless header is read in a moment', () => {
  expect(languageOf('x,'.repeat(1_000_000), 'fr')).toBe('fr');
});

test('a moment is told in words that cannot be taken for another day', () => {
  const moment = new Date('2026-02-03T21:05:00Z');
  expect(inWords('en', moment)).toBe('Tuesday, 3 February 2026 at 21:05 UTC');
  expect(inWords('fr', moment)).toBe('mardi 3 février 2026 à 21:05 UTC');
});
