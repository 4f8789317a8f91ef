import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { invalid } from './call';
import { parsedJson } from './json';

/**
 * An object, from names and values one by one or from JSON. A name that comes twice has a list of values.
 *
 * @throws BrokerError for what is no JSON object
 */
export function fieldsOrJson(
  this: IExecuteFunctions,
  what: 'Query' | 'Headers' | 'Body',
  fieldsName: string,
  jsonName: string,
  itemIndex: number,
): IDataObject {
  if (!isJson.call(this, what, itemIndex)) {
    return namesAndValues(this.getNodeParameter(`${fieldsName}.parameters`, itemIndex, []) as IDataObject[]);
  }
  const value = parsed(what, this.getNodeParameter(jsonName, itemIndex, '{}'));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as IDataObject;
  throw invalid(`The JSON under "Specify ${what}" must be an object`);
}

/** JSON as it was written, so that no number loses its last digits; what an expression gave as an object is written out. */
export function jsonText(this: IExecuteFunctions, itemIndex: number): string {
  if (!isJson.call(this, 'Body', itemIndex)) {
    return JSON.stringify(fieldsOrJson.call(this, 'Body', 'bodyParameters', 'jsonBody', itemIndex));
  }
  const json = this.getNodeParameter('jsonBody', itemIndex, '{}');
  parsed('Body', json);
  return typeof json === 'string' ? json : JSON.stringify(json);
}

function isJson(this: IExecuteFunctions, what: string, itemIndex: number): boolean {
  return this.getNodeParameter(`specify${what}`, itemIndex, 'keypair') === 'json';
}

function parsed(what: string, json: unknown): unknown {
  const value = typeof json === 'string' ? parsedJson(json) : json;
  if (value === undefined) throw invalid(`The JSON under "Specify ${what}" is not valid JSON`);
  return value;
}

function namesAndValues(parameters: IDataObject[]): IDataObject {
  const found = new Map<string, unknown[]>();
  for (const { name, value } of parameters) {
    if (typeof name === 'string' && name !== '') found.set(name, [...(found.get(name) ?? []), value]);
  }
  const entries = [...found].map(([name, values]) => [name, values.length === 1 ? values[0] : values]);
  return Object.fromEntries(entries) as IDataObject;
}
