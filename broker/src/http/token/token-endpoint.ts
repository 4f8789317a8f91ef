import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { Problem } from '../../errors/problem';
import type { ServingConnection } from '../../repositories/serving';
import type { CredentialAnswer } from '../../services/credentials/answer';
import type { CredentialRequest } from '../../services/credentials/credential-request';
import type { ServeCredential } from '../../services/credentials/serve-credential';
import type { DatabaseClock } from '../../services/database-clock';
import type { Documented } from '../documentation/problems';
import { clientIdInPath, connectionName, serviceName } from '../fields';
import { localsOf } from '../request-record';
import { READ_PROBLEMS } from '../routes/credentials';
import { presentedClient } from './client-authentication';
import { sendTokenProblem, setTokenHeaders, TOKEN_ERRORS } from './token-problem';

const BODY_LIMIT_BYTES = 8 * 1024;

const tokenRequest = z.object({
  grant_type: z.string().meta({ examples: ['client_credentials'] }),
  client_id: z
    .string()
    .optional()
    .describe('clientId/service or clientId/service/name, unless it is sent by Basic.')
    .meta({ examples: ['acme/google'] }),
  client_secret: z
    .string()
    .optional()
    .describe('An access key, unless it is sent by Basic.')
    .meta({ examples: ['otb_live_7Qm2xVb0KpLa_…'] }),
  scope: z.string().optional().describe('Refused where the token is known to lack it; it cannot be narrowed.'),
});

const tokenAnswer = z.strictObject({
  access_token: z.string().meta({ examples: ['ya29.a0Af…'] }),
  token_type: z.string().meta({ examples: ['Bearer'] }),
  expires_in: z
    .int()
    .optional()
    .describe('Seconds; not there where no end is known.')
    .meta({ examples: [3_412] }),
  scope: z
    .string()
    .optional()
    .describe('What the token is good for, where that is known.')
    .meta({ examples: ['openid email'] }),
});

const tokenErrorAnswer = z.strictObject({
  error: z.enum(TOKEN_ERRORS),
  error_description: z.string(),
  code: z.string().describe('As in the answers of all other routes.'),
  reason: z.string().optional(),
  connectUrl: z.string().optional(),
  requestId: z.string(),
});

/** How the token endpoint is documented. */
export const TOKEN_ROUTE: Documented = {
  method: 'post',
  path: '/oauth2/token',
  summary: 'The same credential for programs that only speak OAuth 2.0: client credentials (RFC 6749 section 4.4)',
  scope: 'credentials:read',
  limited: true,
  params: z.strictObject({}),
  query: z.looseObject({}),
  body: tokenRequest,
  form: true,
  status: 200,
  answer: tokenAnswer,
  errorAnswer: tokenErrorAnswer,
  problems: READ_PROBLEMS,
};

export interface TokenEndpointParts {
  serveCredential: ServeCredential;
  clock: Pick<DatabaseClock, 'now'>;
  /** Recognises and counts the caller, as for every other route. */
  admit: RequestHandler;
}

/** What answers TOKEN_ROUTE, in this order. */
export function tokenEndpoint({ serveCredential, clock, admit }: TokenEndpointParts): RequestHandler[] {
  const release = async (request: Request, response: Response): Promise<void> => {
    const { caller, tokenClient } = localsOf(response);
    const answer = await serveCredential(caller, credentialRequest(tokenClient ?? null, request.body));
    setTokenHeaders(response);
    response.json(tokenOf(answer, clock.now()));
  };
  return [
    begin,
    onlyForm,
    express.urlencoded({ extended: false, limit: BODY_LIMIT_BYTES, inflate: false }),
    present,
    admit,
    release,
  ];
}

function begin(_request: Request, response: Response, next: NextFunction): void {
  const locals = localsOf(response);
  locals.route = TOKEN_ROUTE.path;
  locals.sendProblem = sendTokenProblem;
  next();
}

function onlyForm(request: Request, _response: Response, next: NextFunction): void {
  const form = request.is('application/x-www-form-urlencoded') !== false;
  next(form ? undefined : new Problem('unsupported_media_type', 'Send the body as application/x-www-form-urlencoded.'));
}

function present(request: Request, response: Response, next: NextFunction): void {
  const locals = localsOf(response);
  // A parameter without a value counts as left out (section 3.1).
  const given = Object.entries((request.body ?? {}) as Record<string, unknown>).filter(([, value]) => value !== '');
  request.body = Object.fromEntries(given);
  const { clientId, presented } = presentedClient(request, request.body as Record<string, unknown>);
  locals.tokenClient = clientId;
  locals.caller = { ...locals.caller, presented };
  next();
}

/** What is asked for. Throws a Problem with what OAuth calls it as its reason. */
function credentialRequest(client: string | null, body: unknown): CredentialRequest {
  const { data } = tokenRequest.safeParse(body);
  if (data === undefined)
    throw new Problem('invalid_request', 'Send grant_type=client_credentials, and every parameter once.');
  if (data.grant_type !== 'client_credentials')
    throw new Problem('invalid_request', 'grant_type must be client_credentials.', {
      extras: { reason: 'unsupported_grant_type' },
    });
  const asked = (data.scope ?? '').split(' ').filter(Boolean);
  return { ...credentialOf(client), minTtlSeconds: null, rejected: null, fits: (found) => mustFit(found, asked) };
}

function credentialOf(client: string | null): Pick<CredentialRequest, 'clientId' | 'service' | 'name'> {
  const [clientId, service, name = 'default', ...more] = (client ?? '').split('/');
  const read = z
    .object({ clientId: clientIdInPath, service: serviceName, name: connectionName })
    .safeParse({ clientId, service, name });
  if (read.success && more.length === 0) return read.data;
  throw new Problem('not_found', 'client_id must be clientId/service or clientId/service/name, such as acme/google.');
}

/** Looked at before anything is released. */
function mustFit({ kind, scopes }: ServingConnection, asked: readonly string[]): void {
  if (kind === 'api_key' || kind === 'basic')
    throw new Problem(
      'invalid_value',
      `This connection is of kind ${kind}: no OAuth token. Read it with POST /v1/grants.`,
      {
        extras: { reason: 'unauthorized_client' },
      },
    );
  if (scopes === null || asked.every((scope) => scopes.includes(scope))) return;
  throw new Problem('invalid_value', 'The token lacks a scope that is asked for. Connect the account again with it.', {
    extras: { reason: 'invalid_scope' },
  });
}

function tokenOf(
  { accessToken, tokenType, expiresAt, scopes }: CredentialAnswer,
  now: Date,
): z.output<typeof tokenAnswer> {
  const secondsLeft = expiresAt === null ? null : Math.floor((Date.parse(expiresAt) - now.getTime()) / 1_000);
  return {
    access_token: accessToken ?? '',
    token_type: tokenType ?? 'Bearer',
    // It was alive when it was released; clients take 0 for a mistake.
    ...(secondsLeft === null ? {} : { expires_in: Math.max(1, secondsLeft) }),
    ...(scopes === null || scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
  };
}
