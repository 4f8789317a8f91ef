import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';

import { BrokerError, errorFromProblem } from './broker-error';
import type { Grant, GrantRequest, ProblemBody } from './contract';

/** n8n's own HTTP client, `this.helpers.httpRequest`. */
export type SendRequest = (options: IHttpRequestOptions) => Promise<unknown>;

export interface BrokerAddress {
  apiUrl: string;
  internalToken: string;
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
  const url = `${brokerBase(broker.apiUrl)}/v1/grants`;
  const answer = await post(send, url, broker.internalToken, body);
  if (answer.statusCode === 200 && isGrant(answer.body)) return answer.body;
  if (answer.statusCode >= 400 && isProblem(answer.body)) {
    throw errorFromProblem(answer.body, body, text(answer.headers['retry-after']));
  }
  throw new BrokerError(
    `${url} answered with status ${answer.statusCode}, and not as an Otobot broker does. Check "API URL" in the credential, and any proxy between n8n and the broker`,
    { reasonCode: 'not_otobot', httpStatus: answer.statusCode },
  );
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

async function post(send: SendRequest, url: string, token: string, body: GrantRequest): Promise<Answer> {
  try {
    const answer = await send({
      method: 'POST',
      url,
      headers: { Authorization: `Bearer ${token}`, Accept: 'application/json' },
      body,
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
  const { code = '', message = '' } = error as { code?: string; message?: string };
  const why = CONNECTION_ERRORS[code] ?? (message.startsWith('Domain not allowed') ? DOMAINS : 'no answer');
  // The cause is left out: it carries the request, and with it the internal token.
  return new BrokerError(`The Otobot broker at ${new URL(url).origin} cannot be reached: ${why}`, {
    reasonCode: 'unreachable',
    description:
      'Check that the broker runs, and "API URL" in the credential as seen from n8n (in a container, localhost is the container itself).',
  });
}

/** In words, because n8n replaces a message that contains such a code. */
const CONNECTION_ERRORS: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name cannot be resolved',
  ETIMEDOUT: 'no answer in time',
  ECONNABORTED: 'no answer in time',
};
const DOMAINS = 'its host is missing from the "Allowed Domains" of the credential';

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
