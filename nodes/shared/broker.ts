import type { IDataObject, IHttpRequestMethods, IHttpRequestOptions } from 'n8n-workflow';

import { BrokerError, errorFromProblem, type Asked } from './broker-error';
import { connectionErrorInWords } from './connection-error';
import type { Grant, GrantRequest, ProblemBody } from './contract';

/** n8n's own HTTP client, `this.helpers.httpRequest`. */
export type SendRequest = (options: IHttpRequestOptions) => Promise<unknown>;

export interface BrokerAddress {
  apiUrl: string;
  internalToken: string;
}

/** One request to the broker; `path` begins at its root, with what comes from outside encoded. */
export interface BrokerCall {
  method: IHttpRequestMethods;
  path: string;
  /** What is undefined is left out. */
  query?: Readonly<Record<string, string | number | undefined>>;
  body?: object;
}

interface Answer {
  statusCode: number;
  headers: IDataObject;
  body: unknown;
}

/** Longer than the broker lets a reader wait for a refresh (5 s), shorter than anybody's patience. */
const TIMEOUT_MS = 20_000;

/**
 * Asks the broker for one credential: the only way by which this package ever gets one.
 *
 * @throws BrokerError in words for the person who built the workflow
 */
export async function requestGrant(send: SendRequest, broker: BrokerAddress, body: GrantRequest): Promise<Grant> {
  const path = '/v1/grants';
  const answer = await callBroker<unknown>(send, broker, { method: 'POST', path, body }, body);
  if (isGrant(answer)) return answer;
  throw notOtobot(`${brokerBase(broker.apiUrl)}${path}`, 200);
}

/**
 * One request to the broker under the internal token.
 *
 * @param asked the connection that it is about, for the words of an error
 * @returns the answer, parsed; null where the broker answers 204
 * @throws BrokerError in words for the person who built the workflow
 */
export async function callBroker<Body = IDataObject>(
  send: SendRequest,
  broker: BrokerAddress,
  call: BrokerCall,
  asked?: Asked,
): Promise<Body> {
  const url = `${brokerBase(broker.apiUrl)}${call.path}${queryOf(call)}`;
  const { statusCode, headers, body } = await dispatch(send, url, broker.internalToken, call);
  if (statusCode === 204) return null as Body;
  if (statusCode >= 200 && statusCode < 300 && typeof body === 'object' && body !== null) return body as Body;
  if (statusCode >= 400 && isProblem(body)) throw errorFromProblem(body, asked, text(headers['retry-after']));
  throw notOtobot(url, statusCode);
}

/** @returns the URL without trailing slashes, ready for a path to be appended */
export function brokerBase(apiUrl: string): string {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new BrokerError('"API URL" in the credential is not a URL such as http://127.0.0.1:3001', {
      reasonCode: 'invalid_input',
    });
  }
  return url.href.replace(/\/+$/, '');
}

function queryOf({ query = {} }: BrokerCall): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  if (given.length === 0) return '';
  return `?${given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')}`;
}

async function dispatch(send: SendRequest, url: string, token: string, { method, body }: BrokerCall): Promise<Answer> {
  try {
    const answer = await send({
      method,
      url,
      headers: { Authorization: `Bearer ${token}`, Accept: 'application/json' },
      ...(body === undefined ? {} : { body: body as IDataObject }),
      json: true,
      timeout: TIMEOUT_MS,
      returnFullResponse: true,
      ignoreHttpStatusErrors: true,
      // The token must reach this address and no other.
      disableFollowRedirect: true,
    });
    return answer as Answer;
  } catch (error) {
    throw unreachable(url, error);
  }
}

function unreachable(url: string, error: unknown): BrokerError {
  // The cause is left out: it carries the request, and with it the internal token.
  return new BrokerError(
    `The Otobot broker at ${new URL(url).origin} cannot be reached: ${connectionErrorInWords(error)}`,
    {
      reasonCode: 'unreachable',
      description:
        'Check that the broker runs, and "API URL" in the credential as seen from n8n (in a container, localhost is the container itself).',
    },
  );
}

function notOtobot(url: string, status: number): BrokerError {
  return new BrokerError(
    `${url} answered with status ${status}, and not as an Otobot broker does. Check "API URL" in the credential, and any proxy between n8n and the broker`,
    { reasonCode: 'not_otobot', httpStatus: status },
  );
}

function isGrant(body: unknown): body is Grant {
  const grant = body as Partial<Grant> | null;
  return typeof grant === 'object' && typeof grant?.headers === 'object' && typeof grant.fingerprint === 'string';
}

function isProblem(body: unknown): body is ProblemBody {
  const problem = body as Partial<ProblemBody> | null;
  return typeof problem === 'object' && typeof problem?.code === 'string' && typeof problem.title === 'string';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
