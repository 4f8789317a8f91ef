import type { IBinaryData, IDataObject, INodeExecutionData } from 'n8n-workflow';

import { ApiError } from './api-error';
import type { ApiAnswer } from './dispatch';
import { parsedJson, valueAt } from './json';
import { hideIn, isIn } from './secrets';

export interface ResponseSettings {
  format: 'autodetect' | 'json' | 'text' | 'file';
  /** Field for a text, or for the file. */
  outputField: string;
  fullResponse: boolean;
  /** Where the list of items is in the answer; empty: the answer itself. */
  itemsPath: string;
  splitIntoItems: boolean;
  toBinary: (content: Buffer, fileName?: string, mimeType?: string) => Promise<IBinaryData>;
}

/** What an answer holds, with the credential hidden wherever the API has repeated it. */
export type Content =
  { kind: 'json'; value: unknown } | { kind: 'text'; text: string } | { kind: 'file' } | { kind: 'nothing' };

/** @throws ApiError where JSON was asked for and something else came */
export function contentOf(answer: ApiAnswer, format: ResponseSettings['format']): Content {
  if (answer.content.length === 0) return { kind: 'nothing' };
  const type = String(answer.headers['content-type'] ?? '').toLowerCase();
  if (format === 'file' || (format === 'autodetect' && !isTextual(type))) return { kind: 'file' };
  const text = hideIn(decoded(answer.content, type), answer.secrets);
  if (format === 'text' || (format === 'autodetect' && !isJson(type))) return { kind: 'text', text };
  const value = parsedJson(text);
  if (value !== undefined) return { kind: 'json', value };
  if (format === 'autodetect') return { kind: 'text', text };
  throw new ApiError(answer, 'but not with JSON. Choose another "Response Format"');
}

/** The items that an answer becomes. */
export async function itemsOf(answer: ApiAnswer, settings: ResponseSettings): Promise<INodeExecutionData[]> {
  const content = contentOf(answer, settings.format);
  const { outputField, fullResponse } = settings;
  if (content.kind === 'file') {
    const binary = { [outputField]: await fileOf(answer, settings) };
    return [{ json: fullResponse ? metaOf(answer) : {}, binary }];
  }
  const whole = content.kind === 'json' ? content.value : content.kind === 'text' ? content.text : null;
  if (fullResponse) return [{ json: { ...metaOf(answer), body: whole as IDataObject } }];
  if (content.kind === 'nothing') return [{ json: {} }];
  if (content.kind === 'text') return [{ json: { [outputField]: content.text } }];
  const chosen = valueAt(content.value, settings.itemsPath);
  const values = settings.splitIntoItems && Array.isArray(chosen) ? chosen : [chosen];
  return values.filter((value) => value !== undefined).map((value) => ({ json: asObject(value, outputField) }));
}

/**
 * The answer as JSON, whatever type it says it has; undefined where it is none. For finding the next page only:
 * nothing is hidden in it, since some APIs put the token into the URL of the next page.
 */
export function jsonIn({ content, headers }: ApiAnswer): unknown {
  return parsedJson(decoded(content, String(headers['content-type'] ?? '')));
}

/** Without cookies: a session that the API opens for this credential is as good as the credential. */
function metaOf({ status, statusText, headers, secrets }: ApiAnswer): IDataObject {
  const shown = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'set-cookie');
  return {
    statusCode: status,
    statusMessage: hideIn(statusText, secrets),
    headers: Object.fromEntries(shown.map(([name, value]) => [name, hideIn(String(value), secrets)])),
  };
}

async function fileOf(answer: ApiAnswer, { toBinary }: ResponseSettings): Promise<IBinaryData> {
  if (isIn(answer.content, answer.secrets)) {
    throw new ApiError(answer, 'with a file that contains the credential itself, which is therefore not passed on');
  }
  const type = String(answer.headers['content-type'] ?? '');
  return await toBinary(answer.content, fileNameOf(answer), type.split(';')[0]?.trim() || undefined);
}

/** Never the query: a signed URL has its signature there. */
function fileNameOf({ headers, url, secrets }: ApiAnswer): string | undefined {
  const disposition = String(headers['content-disposition'] ?? '');
  const encoded = /filename\*\s*=\s*[\w-]+'[^']*'([^;\s]+)/i.exec(disposition)?.[1];
  const plain = /filename\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(disposition);
  const name = decodedUri(encoded ?? plain?.[1] ?? plain?.[2] ?? url.pathname);
  return hideIn(name, secrets).split(/[\\/]/).at(-1) || undefined;
}

function decodedUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function asObject(value: unknown, outputField: string): IDataObject {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as IDataObject) : { [outputField]: value as IDataObject };
}

function isJson(type: string): boolean {
  return /[/+]json\b/.test(type);
}

/** Without a type most APIs mean text. */
function isTextual(type: string): boolean {
  return type === '' || isJson(type) || /^text\/|[/+]xml\b|javascript|x-www-form-urlencoded|yaml|ndjson/.test(type);
}

function decoded(content: Buffer, type: string): string {
  const charset = /charset="?([\w-]+)/.exec(type)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(content);
  } catch {
    return new TextDecoder().decode(content);
  }
}
