import { inputField } from './form-field';
import type { Content } from './html';
import type { ConnectPageModel } from './models';
import { TEXTS, type FormProblem } from './texts';

/** The fields for an API key (`apiKey`) or a sign-in (`username`, `password`). They come back empty, whatever was typed. */
export function secretFields({ kind, language, serviceName, formProblem }: ConnectPageModel): Content {
  const texts = TEXTS[language];
  if (kind === 'api_key') {
    const error = formProblem && problemText(texts.problem.api_key, formProblem, serviceName);
    const label = texts.apiKeyLabel(serviceName);
    return inputField({
      name: 'apiKey',
      type: 'password',
      label,
      help: texts.apiKeyHelp(serviceName),
      error,
      focus: true,
    });
  }
  const error = formProblem && problemText(texts.problem.basic, formProblem, serviceName);
  return [
    inputField({
      name: 'username',
      type: 'text',
      label: texts.usernameLabel(serviceName),
      help: texts.usernameHelp,
      error,
      focus: true,
    }),
    inputField({
      name: 'password',
      type: 'password',
      label: texts.passwordLabel(serviceName),
      help: texts.passwordHelp,
      error: null,
      focus: false,
    }),
  ];
}

type ProblemTexts = Record<FormProblem, string | ((service: string) => string)>;

function problemText(texts: ProblemTexts, problem: FormProblem, serviceName: string): string {
  const text = texts[problem];
  return typeof text === 'string' ? text : text(serviceName);
}
