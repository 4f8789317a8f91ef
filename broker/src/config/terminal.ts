/** Whether a terminal may show colours: not where NO_COLOR is set (no-color.org) or the terminal knows none. */
export function wantsColours(environment: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb';
}
