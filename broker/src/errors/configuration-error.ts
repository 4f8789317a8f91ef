/** One thing that is wrong with the configuration: which variable, what is wrong, and the way out. Never its value. */
export interface Mistake {
  name: string;
  message: string;
  hint: string;
}

/** Nothing starts with a wrong configuration: all mistakes are reported at once and the program exits 78 (EX_CONFIG). */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly mistakes: readonly Mistake[]) {
    super(mistakes.map(({ name, message, hint }) => `${name}: ${message} (${hint})`).join('\n'));
  }
}
