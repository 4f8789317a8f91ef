import type { Language } from './models';

// British English writes the day before the month, in words and with 24 hours: nobody can read it as another day.
const LOCALES: Record<Language, string> = { en: 'en-GB', fr: 'fr-FR' };

/** Such as `Thursday 26 November 2026 at 10:00 UTC`: a page without script cannot know the reader's time zone. */
export function inWords(language: Language, instant: Date): string {
  const written = new Intl.DateTimeFormat(LOCALES[language], {
    dateStyle: 'full',
    timeStyle: 'short',
    timeZone: 'UTC',
  }).format(instant);
  return `${written} UTC`;
}
