import { z } from 'zod';
import { CONNECTION_KINDS } from '../types/credential';
import { RENEWALS } from '../types/dialect';
import { line, oauthScopes, page, seconds } from './fields';

const url = z
  .string()
  .max(2_000)
  .regex(/^https?:\/\/[\x21-\x7e]+$/i, 'must be an absolute http(s) URL')
  .refine((text) => URL.canParse(text), 'is no valid URL')
  .nullable();
const host = z
  .string()
  .max(253)
  .regex(
    /^(([a-z0-9_-]+|\{tenant\})(\.([a-z0-9_-]+|\{tenant\}))*|\[[0-9a-f:.]+\])$/,
    'must be a host name in lower case, without scheme, port and path',
  );

const path = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64}){0,5}$/, 'must be names of members with dots between them')
  .nullable();
const TEN_YEARS_SECONDS = 315_360_000;
const lifetime = z.int().min(1).max(TEN_YEARS_SECONDS).nullable();
const paramName = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, 'must be the name of a parameter');
/** Everything that a token request is made of but grant_type, for which some providers have values of their own. */
const TOKEN_RESERVED = new Set([
  'client_id',
  'client_secret',
  'code',
  'redirect_uri',
  'code_verifier',
  'refresh_token',
  'scope',
]);
const tokenParams = z
  .record(paramName, z.string().max(500))
  .refine(
    (params) => Object.keys(params).every((name) => !TOKEN_RESERVED.has(name)),
    'holds a parameter that Otobot sets itself',
  );

/** RFC 6749 section 4.1.1, RFC 7636, OpenID Connect: what an authorization request is made of. */
const RESERVED = new Set([
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
]);

/** All that may be given of a service, when it is made and when it is changed. */
export const serviceFields = {
  displayName: line(200)
    .optional()
    .describe('For people.')
    .meta({ examples: ['Google'] }),
  oauthType: z
    .enum(CONNECTION_KINDS)
    .optional()
    .describe('How its connections authenticate, unless they say otherwise.'),
  authorizationUrl: url
    .optional()
    .describe('Where clients sign in.')
    .meta({ examples: ['https://accounts.google.com/o/oauth2/v2/auth'] }),
  tokenUrl: url
    .optional()
    .describe('Where codes and refresh tokens become access tokens.')
    .meta({ examples: ['https://oauth2.googleapis.com/token'] }),
  refreshUrl: url.optional().describe('Where tokens are renewed, if not at tokenUrl.'),
  revocationUrl: url.optional(),
  revocationFormat: z.enum(['form', 'json', 'query']).optional().describe('Where a token to be revoked is written.'),
  bodyFormat: z.enum(['form', 'json']).optional().describe('How token requests are written.'),
  paramNames: z
    .strictObject({ client_id: paramName.optional(), client_secret: paramName.optional(), scope: paramName.optional() })
    .optional()
    .describe('What the provider calls standard parameters, such as client_key for client_id.'),
  tokenParams: tokenParams.optional().describe('Sent with every request for a first token, such as expiring=1.'),
  refreshParams: tokenParams.optional().describe('Sent with every renewal.'),
  answerPath: path.optional().describe('The member of an answer in which the tokens stand, such as authed_user.'),
  permanentErrors: z
    .array(z.string().regex(/^[\x21-\x7e]{1,64}$/, 'holds what is no error code'))
    .max(50)
    .optional()
    .describe('Error codes that mean that the client has to consent again, beyond the usual ones.'),
  renewal: z
    .enum(RENEWALS)
    .nullable()
    .optional()
    .describe('How long-lived tokens are renewed; check: only asked after.'),
  minAgeSeconds: seconds.min(1).nullable().optional().describe('Long-lived tokens are not renewed before.'),
  scopes: oauthScopes.optional(),
  scopeSeparator: z.enum([' ', ',']).optional().describe('What parts scopes in requests to the provider.'),
  authStyle: z.enum(['header', 'body']).optional().describe('Where the client secret goes in token requests.'),
  pkce: z.boolean().optional(),
  rotation: z
    .enum(['none', 'grace', 'strict'])
    .optional()
    .describe('What becomes of a refresh token that was used: stays valid, for graceSeconds, or single use.'),
  graceSeconds: seconds.min(1).nullable().optional(),
  defaultTtlSeconds: seconds.min(1).optional().describe('How long tokens live where the provider does not say.'),
  refreshAheadSeconds: seconds
    .nullable()
    .optional()
    .describe('How long before its end a token is refreshed; null: by the general rule.'),
  consentIdleSeconds: lifetime
    .optional()
    .describe(
      'How long a consent lives without a refresh, each of which gives it anew; null: not known, or no such end.',
    ),
  consentSeconds: lifetime
    .optional()
    .describe('How long a consent lives, however often it is refreshed; null: not known, or no such end.'),
  maxConcurrent: z.int().min(1).max(1_000).optional().describe('Refreshes at once, per app and process.'),
  maxPerMinute: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('Refreshes begun per minute in the long run, per app and process; a tenth of it at once.'),
  refreshIntervalSeconds: seconds
    .min(1)
    .nullable()
    .optional()
    .describe('At least so long between two refreshes of one connection; null: no such limit is known.'),
  baseUrl: url.optional().describe('Of the API.'),
  allowedHosts: z
    .array(host)
    .max(100)
    .nullable()
    .optional()
    .describe('Hosts, with their subdomains, that credentials may be sent to; null: any, by https.'),
  requestHeader: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/)
    .optional()
    .describe('The header that carries the credential.'),
  requestScheme: z
    .string()
    .regex(/^[A-Za-z0-9-]{0,64}$/)
    .nullable()
    .optional()
    .describe('Before the secret in that header; empty: the bare secret; null: as the token says.'),
  authorizationParams: z
    .record(z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/), z.string().max(500))
    .refine(
      (params) => Object.keys(params).every((name) => !RESERVED.has(name)),
      'holds a parameter that Otobot sets itself',
    )
    .optional()
    .describe('Sent with every authorization request, such as access_type=offline.'),
  issuer: url.optional().describe('What the provider sends as iss (RFC 9207), if it does; then it is demanded.'),
  accountFrom: z.enum(['id_token', 'answer', 'url']).nullable().optional().describe('Where the account is named.'),
  accountUrl: url.optional(),
  accountIdPath: path.optional(),
  accountLabelPath: path.optional(),
  verifyUrl: url.optional().describe('A harmless GET that tells whether an API key is accepted.'),
  tenantFrom: z
    .enum(['link', 'redirect', 'answer', 'lookup'])
    .nullable()
    .optional()
    .describe(
      'Who says what {tenant} in the URLs is: the link or its page, the redirect, the token answer, accountUrl.',
    ),
  tenantParam: z
    .string()
    .regex(
      /^[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64}){0,5}$/,
      'must be the name of a parameter, or names with dots between them',
    )
    .nullable()
    .optional()
    .describe('The parameter of the redirect, or the path in the answer, that names the tenant.'),
  tenantHosts: z
    .array(host)
    .min(1)
    .max(100)
    .nullable()
    .optional()
    .describe('The hosts that a tenant may be; null: one label of a host name.'),
  tenantExample: line(100).nullable().optional().describe('For whoever is asked for it.'),
  redirectHmacParam: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .nullable()
    .optional()
    .describe('The parameter of the redirect with an HMAC-SHA-256 over all others, under the client secret.'),
  scopeTexts: z
    .record(z.string().min(1).max(300), z.strictObject({ en: line(200).optional(), fr: line(200).optional() }))
    .optional()
    .describe('Scopes in plain words, by language.'),
};

/** Where a service goes; what is not given stays. */
export const moveFields = {
  tokenUrl: url
    .unwrap()
    .describe('Gets every refresh token and client secret of the service from now on.')
    .meta({ examples: ['https://login.crm.example/oauth/token'] }),
  refreshUrl: serviceFields.refreshUrl,
  revocationUrl: serviceFields.revocationUrl,
  tenantHosts: serviceFields.tenantHosts,
  cursor: page.cursor,
};

/** A new service may build on what is known of its provider. */
export const providerFields = {
  from: line(64)
    .optional()
    .describe('A provider that is known, such as google: its facts are taken, unless given here.'),
};

/** The OAuth client of a service. */
export const appFields = z.strictObject({
  clientId: line(500)
    .describe('The id of the OAuth client at the provider.')
    .meta({ examples: ['1234-abc.apps.example'] }),
  // RFC 6749 appendix A: visible characters and spaces.
  clientSecrets: z
    .array(z.string().regex(/^[\x20-\x7e]{1,2000}$/, 'holds a character that no client secret has'))
    .min(1)
    .max(10)
    .describe('In the order in which they are tried.')
    .meta({ examples: [['a-secret-of-the-provider']] }),
  scopes: oauthScopes.nullable().optional().describe("Asked for in place of the service's."),
});
