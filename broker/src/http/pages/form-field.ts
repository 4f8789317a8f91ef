import { html, type Html } from './html';
import { ICONS } from './icons';

export interface FormField {
  name: 'apiKey' | 'username' | 'password' | 'tenant';
  label: string;
  help: string | null;
  error: string | null;
  /** Whether the cursor belongs here when something was wrong. */
  focus: boolean;
}

/** `value`: what stands in it; secrets come back empty, whatever was typed. */
export function inputField(given: FormField & { type: 'text' | 'password'; value?: string }): Html {
  const { name, type, value = '' } = given;
  return labelled(
    given,
    html`<input
      id="${name}"
      name="${name}"
      type="${type}"
      value="${value}"
      required
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      ${attributes(given)}
    />`,
  );
}

export function choiceField(given: FormField & { choices: readonly string[]; value: string }): Html {
  const { name, choices, value } = given;
  return labelled(
    given,
    html`<select id="${name}" name="${name}" required ${attributes(given)}>
      <option value=""></option>
      ${choices.map(
        (choice) => html`<option value="${choice}" ${choice === value ? html`selected` : null}>${choice}</option>`,
      )}
    </select>`,
  );
}

function labelled({ name, label, help, error }: FormField, control: Html): Html {
  return html`<div class="field">
    <label for="${name}">${label}</label>
    ${help && html`<p class="help" id="${name}-help">${help}</p>`}
    ${error && html`<p class="error" id="${name}-error">${ICONS.problem}<span>${error}</span></p>`} ${control}
  </div>`;
}

function attributes({ name, help, error, focus }: FormField): Html {
  const described = [error && `${name}-error`, help && `${name}-help`].filter((id) => id !== null && id !== '');
  return html`${described.length === 0 ? null : html`aria-describedby="${described.join(' ')}"`}
  ${error === null ? null : html`aria-invalid="true"`} ${error && focus ? html`autofocus` : null}`;
}
