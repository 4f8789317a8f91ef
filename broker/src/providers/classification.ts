import type { AnswerBody } from './answer-body';
import { RULES, type FailureClass } from './classification-rules';
import { safeErrorCode } from './error-code';
import type { Granted } from './granted';
import { memberAt } from './member-path';

type Fields = Readonly<Record<string, unknown>>;

export interface Answer {
  /** Host name of the token endpoint, for rules that hold at one provider only. */
  host: string;
  status: number;
  body: AnswerBody;
  /** More codes that are permanent at this provider, as it writes them. */
  permanentErrors?: readonly string[];
  /** See Dialect. */
  answerPath?: string | null;
}

export type Classification = ({ class: 'granted' } & Granted) | { class: FailureClass; code: string };

/**
 * What an answer means: total over every status and body, without I/O. The body speaks before the status, because GitHub,
 * Slack and Zoho send errors with 200. A token in a 2xx answer wins over an `error` beside it: the old refresh token may be dead.
 */
export function classify(answer: Answer): Classification {
  const { status, body } = answer;
  if (status >= 300 && status < 400) return { class: 'malformed', code: 'redirect' };
  if (body.kind !== 'fields') return withoutFields(status, body.kind);
  const { fields } = body;
  const success = status >= 200 && status < 300;
  const tokens = tokensIn(fields, answer.answerPath ?? null);
  if (success && fields.ok !== false && isToken(tokens.access_token))
    return { class: 'granted', fields: tokens, answer: fields };
  const raw = errorIn(fields, success);
  const description = descriptionIn(fields);
  const ruled = raw === null && description === '' ? null : byRule(answer, raw, description);
  if (ruled !== null) return ruled;
  if (isTransientStatus(status))
    return { class: transientClass(status), code: raw === null ? httpCode(status) : safeErrorCode(raw) };
  if (raw !== null) return { class: 'unknown', code: safeErrorCode(raw) };
  if (!success) return { class: 'unknown', code: httpCode(status) };
  return { class: 'malformed', code: 'access_token' in tokens ? 'unusable_access_token' : 'no_access_token' };
}

/** Where nothing stands at the path, the answer is a plain one: Slack's to a renewal. */
function tokensIn(fields: Fields, answerPath: string | null): Fields {
  const found = answerPath === null ? undefined : memberAt(fields, answerPath);
  return typeof found === 'object' && found !== null ? (found as Fields) : fields;
}

function byRule(answer: Answer, raw: string | null, description: string): Classification | null {
  const code = raw === null ? null : safeErrorCode(raw);
  if (
    raw !== null &&
    code !== null &&
    (answer.permanentErrors ?? []).some((p) => p.toLowerCase() === raw.trim().toLowerCase())
  )
    return { class: 'permanent', code };
  const rule = RULES.find(
    ({ codes, text, domain }) =>
      (codes === undefined || (code !== null && codes.includes(code))) &&
      (text === undefined || text.test(description)) &&
      (domain === undefined || answer.host === domain || answer.host.endsWith(`.${domain}`)),
  );
  return rule === undefined ? null : { class: rule.class, code: code ?? 'throttled' };
}

function withoutFields(status: number, kind: Exclude<AnswerBody['kind'], 'fields'>): Classification {
  return isTransientStatus(status)
    ? { class: transientClass(status), code: httpCode(status) }
    : { class: 'malformed', code: status >= 400 ? `${httpCode(status)}_${kind}` : kind };
}

/** The error's name, wherever providers put it: `error`, `error.code`, Slack's `ok: false`, HubSpot's `status`. */
function errorIn(fields: Fields, success: boolean): string | null {
  const { error } = fields;
  const nested = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  // Beside `error`, these names mean other things in a good answer (`status: "ok"`): they count in a bad one only.
  const elsewhere = success ? [fields.errorCode] : [fields.errorCode, fields.error_code, fields.code, fields.status];
  // HubSpot says more in `status` than in `error`, which older versions send beside it.
  const candidates = [fields.status === 'BAD_REFRESH_TOKEN' ? fields.status : undefined, error]
    .concat([nested.code, nested.status, typeWithNumber(nested)])
    .concat(elsewhere);
  const found = candidates.find((c): c is string => typeof c === 'string' && c.trim() !== '');
  return (
    found ??
    (fields.ok === false || (error !== undefined && error !== null && error !== '' && error !== false) ? 'error' : null)
  );
}

/** Meta names an error by its type and a number, which alone says what it is about: `OAuthException` 190. */
function typeWithNumber({ type, code }: Fields): unknown {
  return typeof type === 'string' && typeof code === 'number' && Number.isSafeInteger(code) ? `${type}_${code}` : type;
}

function descriptionIn(fields: Fields): string {
  const { error } = fields;
  const nested = typeof error === 'object' && error !== null ? (error as Record<string, unknown>).message : error;
  return [fields.error_description, fields.message, nested]
    .filter((part): part is string => typeof part === 'string')
    .map((part) => part.slice(0, 1_000))
    .join(' ');
}

/** Visible ASCII, as RFC 6750 2.1 has it: anything else would not survive in a header, or would add one. */
function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}

const isTransientStatus = (status: number): boolean =>
  status === 408 || status === 425 || status === 429 || status >= 500;
const transientClass = (status: number): 'throttled' | 'transient' => (status === 429 ? 'throttled' : 'transient');
const httpCode = (status: number): string =>
  `http_${Number.isInteger(status) && status >= 0 && status < 1000 ? status : 0}`;
