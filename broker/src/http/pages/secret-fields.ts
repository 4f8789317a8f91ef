import { html, type Content, type Html } from './html';
import { ICONS } from './icons';
import type { ConnectPageModel } from './models';
import { TEXTS, type FormProblem } from './texts';

/** The fields for an API key (`apiKey`) or a sign-in (`username`, `password`). They come back empty, whatever was typed. */
export function secretFields({ kind, language, serviceName, formProblem }: ConnectPageModel): Content {
  const texts = TEXTS[language];
  if (kind === 'api_key') {
    const error = formProblem && problemText(texts.problem.api_key, formProblem, serviceName);
    const label = texts.apiKeyLabel(serviceName);
    return field({ name: 'apiKey', type: 'password', label, help: texts.apiKeyHelp(serviceName), error, focus: true });
  }
  const error = formProblem && problemText(texts.problem.basic, formProblem, serviceName);
  return [
    field({
      name: 'username',
      type: 'text',
      label: texts.usernameLabel(serviceName),
      help: texts.usernameHelp,
      error,
      focus: true,
    }),
    field({
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

interface Field {
  name: 'apiKey' | 'username' | 'password';
  type: 'text' | 'password';
  label: string;
  help: string;
  error: string | null;
  /** Whether the cursor belongs here when something was wrong. */
  focus: boolean;
}

function field({ name, type, label, help, error, focus }: Field): Html {
  const wrong = error === null ? null : html`aria-invalid="true"`;
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <p class="help" id="${name}-help">${help}</p>
    ${error && html`<p class="error" id="${name}-error">${ICONS.problem}<span>${error}</span></p>`}
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      required
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      aria-describedby="${error && `${name}-error `}${name}-help"
      ${wrong}
      ${error && focus ? html`autofocus` : null}
    />
  </div>`;
}
