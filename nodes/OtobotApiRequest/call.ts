import type { IDataObject, IHttpRequestMethods } from 'n8n-workflow';

import { BrokerError } from '../shared/broker-error';

/** One request as the workflow describes it: without the client's credential, and without knowing where it will go. */
export interface ApiCall {
  method: IHttpRequestMethods;
  /** A path below the service's base URL, or a complete URL. */
  url: string;
  query: readonly (readonly [name: string, value: string])[];
  headers: Readonly<Record<string, string>>;
  body: CallBody | null;
}

/** In one piece, so that it can be sent again. */
export interface CallBody {
  /** null: left to the API to find out. */
  contentType: string | null;
  content: Buffer;
}

/** The workflow's own mistake, told before anything is sent. */
export function invalid(message: string): BrokerError {
  return new BrokerError(message, { reasonCode: 'invalid_input' });
}

/** Names and values of a JSON object, as a query or a form takes them: a list repeats its name, null is left out. */
export function pairsOf(field: string, json: IDataObject): [string, string][] {
  return Object.entries(json).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((one) => one !== null && one !== undefined)
      .map((one): [string, string] => [name, asText(`${field} "${name}"`, one)]),
  );
}

function asText(what: string, value: unknown): string {
  if (typeof value === 'object' || typeof value === 'function') throw invalid(`${what} must be a text, not an object`);
  return String(value);
}
