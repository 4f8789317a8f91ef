import { UserError } from 'n8n-workflow';

import type { ApiAnswer } from './dispatch';
import { parsedJson, valueAt } from './json';
import { hideIn } from './secrets';

/** Longer explanations are cut: they go into n8n's execution data, and into mails. */
const LONGEST_MESSAGE = 500;

/** Where APIs put the sentence that explains an error, the most telling first. */
const MESSAGE_PATHS = [
  'error.message',
  'error_description',
  'message',
  'errors[0].message',
  'errors[0].detail',
  'detail',
  'error.description',
  'error_message',
  'errorMessages[0]',
  'title',
  'error',
  'errors[0]',
  'description',
  'reason',
];

/**
 * The API itself said no. It holds what the API said and nothing of what was sent: n8n stores an error whole.
 * The properties are not called `code` or `status`, for which n8n would put a sentence of its own in place of ours.
 */
export class ApiError extends UserError {
  readonly httpStatus: number;
  /** The answer as JSON or text, without the credential where the API has repeated it. */
  readonly answered: unknown;

  constructor(answer: ApiAnswer, because?: string) {
    const text = hideIn(answer.content.toString(), answer.secrets);
    const json = parsedJson(text) ?? null;
    const said = because ?? explanationIn(json) ?? (isShortText(text) ? text.trim() : '');
    const status = `${answer.status} ${hideIn(answer.statusText, answer.secrets)}`.trim();
    super(`${answer.url.hostname} answered ${status}${said === '' ? '' : because ? `, ${said}` : `: ${said}`}`, {
      // A page may lead to a path that the API has told, and that may be anything.
      description: hideIn(`${answer.url.origin}${answer.url.pathname}`, answer.secrets),
    });
    this.httpStatus = answer.status;
    this.answered = json ?? (text === '' ? null : text.slice(0, LONGEST_MESSAGE));
  }
}

function explanationIn(json: unknown): string | null {
  const found = MESSAGE_PATHS.map((path) => valueAt(json, path)).find((value) => typeof value === 'string' && value);
  return typeof found === 'string' ? found.slice(0, LONGEST_MESSAGE) : null;
}

/** A page of HTML explains nothing. */
function isShortText(text: string): boolean {
  return text.length <= LONGEST_MESSAGE && !/^\s*</.test(text);
}
