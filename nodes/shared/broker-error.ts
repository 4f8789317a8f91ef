import { UserError } from 'n8n-workflow';

import type { GrantRequest, ProblemBody } from './contract';

/** The connection that was asked about. */
export type Asked = Pick<GrantRequest, 'clientId' | 'service' | 'name'>;

/**
 * Why no credential came, in words for the person who built the workflow.
 * The properties are not called `code` or `status`: n8n takes those for the answer of the API and replaces the message.
 */
export class BrokerError extends UserError {
  /** Stable code of the broker, or `unreachable`, `not_otobot`, `invalid_input` where it never came so far. */
  readonly reasonCode: string;
  readonly httpStatus: number | null;
  readonly connectUrl: string | null;
  /** When to ask again: seconds or an HTTP date, as the broker wrote it. */
  readonly retryAfter: string | null;

  constructor(
    message: string,
    facts: {
      reasonCode: string;
      httpStatus?: number;
      connectUrl?: string;
      retryAfter?: string;
      description?: string;
      cause?: unknown;
    },
  ) {
    super(message, { description: facts.description, cause: facts.cause });
    this.reasonCode = facts.reasonCode;
    this.httpStatus = facts.httpStatus ?? null;
    this.connectUrl = facts.connectUrl ?? null;
    this.retryAfter = facts.retryAfter ?? null;
  }
}

const REAUTH_REASONS: Record<string, string> = {
  never_connected: 'it was never connected',
  revoked: 'access was revoked',
  lost_rotation: 'the renewed token was lost on its way',
  consent_ended: 'the consent has ended',
  expired: 'its token has expired',
};

const askTheOperator = ({ title, requestId }: ProblemBody): string =>
  `${title}. Ask the operator of Otobot to look at request ${requestId}`;

/** One sentence per problem code that says what to do; where there is none, the broker's own words are shown. */
const ADVICE: Record<string, (problem: ProblemBody) => string> = {
  key_invalid: () =>
    'The Otobot broker refused the internal token. Check "Internal Token" in the credential: it must be an access key that is still valid, or the INTERNAL_API_TOKEN of the broker',
  scope_missing: ({ scope, detail }) =>
    scope === undefined
      ? `The internal token may not do this (${detail}). Use an access key with the preset "n8n"`
      : `The internal token lacks the scope ${scope}. Put an access key that has it into the credential: otobot access-key create --preset n8n --scopes ${scope}`,
  integrity: askTheOperator,
  internal: askTheOperator,
  key_unavailable: askTheOperator,
};

const UNKNOWN: Record<string, (clientId: string, service: string) => string> = {
  unknown_client: (clientId) => `client "${clientId}"`,
  unknown_service: (_clientId, service) => `service "${service}"`,
};

/** The same for what names a connection, where the one that was asked about is known. */
const ADVICE_ON_CONNECTION: Record<string, (problem: ProblemBody, asked: Asked) => string> = {
  client_not_allowed: ({ reason }, { clientId, service }) =>
    reason === 'service_suspended'
      ? `Service "${service}" is suspended in Otobot, so nothing is released for it until it is resumed`
      : `The internal token may not act for client "${clientId}" and service "${service}". Use an access key that includes them`,
  client_suspended: (_problem, { clientId }) =>
    `Client "${clientId}" is suspended in Otobot, so nothing is released for it until it is resumed`,
  not_found: ({ reason }, { clientId, service }) =>
    `Otobot knows no ${UNKNOWN[reason ?? '']?.(clientId, service) ?? `client "${clientId}" or no service "${service}"`}. Check the spelling, and that the internal token belongs to their organization`,
  reauth_required: ({ reason, connectUrl, clientName, serviceName }, { clientId, service, name }) => {
    const who = clientName ?? `Client "${clientId}"`;
    const what = `${serviceName ?? `"${service}"`}${name === 'default' ? '' : ` (connection "${name}")`}`;
    if (reason === 'disabled') return `${who}: ${what} is disabled in Otobot. Enable it there first`;
    const because = reason === undefined ? '' : `: ${REAUTH_REASONS[reason] ?? reason.replaceAll('_', ' ')}`;
    const next =
      connectUrl === undefined
        ? 'create a link for them (Otobot Credential Fetcher, Connection → Create Connect Link)'
        : `send them this link: ${connectUrl}`;
    return `${who} must reconnect ${what}${because}. To fix it, ${next}`;
  },
};

/** The error for an answer of the broker with status 4xx or 5xx. `retryAfter`: the header's seconds or date, if any. */
export function errorFromProblem(problem: ProblemBody, asked?: Asked, retryAfter?: string): BrokerError {
  const sentence =
    (asked && ADVICE_ON_CONNECTION[problem.code]?.(problem, asked)) ??
    ADVICE[problem.code]?.(problem) ??
    (problem.detail || problem.title).replace(/\.$/, '');
  return new BrokerError(`${sentence}${retryAdvice(problem, retryAfter)}`, {
    reasonCode: problem.code,
    httpStatus: problem.status,
    retryAfter,
    description: `${problem.detail} (${problem.code}, request ${problem.requestId})`,
    ...(problem.connectUrl === undefined ? {} : { connectUrl: problem.connectUrl }),
  });
}

function retryAdvice({ status, code }: ProblemBody, retryAfter: string | undefined): string {
  // A quota is used up for hours or days, which no retry outlasts: the detail says until when.
  if ((status !== 429 && status !== 503) || code === 'quota_exceeded') return '';
  const when =
    retryAfter === undefined ? 'shortly' : /^\d+$/.test(retryAfter) ? `in ${retryAfter} s` : `after ${retryAfter}`;
  return `. Try again ${when}, or switch on "Retry On Fail" in the settings of this node`;
}
