import fc from 'fast-check';
import { createOutbound } from '../../src/outbound/outbound';
import type { AnswerBody } from '../../src/providers/answer-body';
import { classify } from '../../src/providers/classification';
import { RULES } from '../../src/providers/classification-rules';
import { requestToken } from '../../src/providers/token-endpoint';
import { startProvider, type Provider } from '../support/provider';
import { tokenCall } from './token-call';

const outbound = createOutbound({ allowPrivate: 'loopback', privateHosts: ['api.x.com'] }, () =>
  Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
);
let provider: Provider;

beforeAll(async () => {
  provider = await startProvider();
});
afterAll(async () => {
  outbound.close();
  await provider.close();
});

interface Sample {
  from: string;
  status: number;
  body: string | Record<string, unknown>;
  headers?: Record<string, string>;
  host?: string;
  expected: string;
}

const json = (from: string, status: number, body: Record<string, unknown>, expected: string): Sample => ({
  from,
  status,
  body,
  expected,
});
const plain = (from: string, status: number, type: string, body: string, expected: string): Sample => {
  return { from, status, body, headers: { 'content-type': type }, expected };
};

const meta = (code: number, message: string): Record<string, unknown> => ({
  error: { message, type: 'OAuthException', code, fbtrace_id: 'x' },
});

const SAMPLES: Sample[] = [
  json('RFC 6749', 400, { error: 'invalid_grant', error_description: 'expired' }, 'permanent invalid_grant'),
  json('an error with 200', 200, { error: 'invalid_grant' }, 'permanent invalid_grant'),
  json('an error with 500', 500, { error: 'invalid_grant' }, 'permanent invalid_grant'),
  json(
    'Atlassian',
    403,
    { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' },
    'permanent invalid_grant',
  ),
  json(
    'Atlassian',
    403,
    { error: 'unauthorized_client', error_description: 'refresh_token is invalid' },
    'permanent unauthorized_client',
  ),
  json('Entra', 400, { error: 'interaction_required', error_codes: [50076] }, 'permanent interaction_required'),
  json('Entra', 400, { error: 'consent_required' }, 'permanent consent_required'),
  json('OpenID Connect', 400, { error: 'login_required' }, 'permanent login_required'),
  json(
    'HubSpot',
    400,
    { status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid refresh token' },
    'permanent bad_refresh_token',
  ),
  json('HubSpot', 400, { error: 'invalid_request', status: 'BAD_REFRESH_TOKEN' }, 'permanent bad_refresh_token'),
  json('HubSpot with 200', 200, { status: 'BAD_REFRESH_TOKEN' }, 'permanent bad_refresh_token'),
  json('GitHub', 200, { error: 'bad_refresh_token', error_description: 'incorrect' }, 'permanent bad_refresh_token'),
  plain(
    'GitHub, form',
    200,
    'application/x-www-form-urlencoded',
    'error=bad_refresh_token&error_uri=x',
    'permanent bad_refresh_token',
  ),
  plain('form without its type', 200, 'text/plain', 'error=bad_refresh_token', 'permanent bad_refresh_token'),
  plain('JSON without its type', 400, 'text/html', '{"error":"invalid_grant"}', 'permanent invalid_grant'),
  json('Zoho', 200, { error: 'invalid_code' }, 'permanent invalid_code'),
  json('Slack', 200, { ok: false, error: 'token_revoked' }, 'permanent token_revoked'),
  json('Slack', 200, { ok: false, error: 'token_expired' }, 'permanent token_expired'),
  json('Slack', 200, { ok: false, error: 'invalid_refresh_token' }, 'permanent invalid_refresh_token'),
  json('Slack', 200, { ok: false, error: 'account_inactive' }, 'permanent account_inactive'),
  {
    ...json('X', 400, { error: 'invalid_request', error_description: 'Value passed for the token was invalid.' }, ''),
    host: 'api.x.com',
    expected: 'permanent invalid_request',
  },
  json(
    'not X',
    400,
    { error: 'invalid_request', error_description: 'Value passed for the token was invalid.' },
    'unknown invalid_request',
  ),
  json('RFC 6749', 401, { error: 'invalid_client' }, 'app invalid_client'),
  json('RFC 6749', 400, { error: 'unauthorized_client' }, 'app unauthorized_client'),
  json('RFC 6749', 400, { error: 'unsupported_grant_type' }, 'app unsupported_grant_type'),
  json('GitHub', 200, { error: 'incorrect_client_credentials' }, 'app incorrect_client_credentials'),
  json('Slack', 200, { ok: false, error: 'invalid_client_id' }, 'app invalid_client_id'),
  json('Slack', 200, { ok: false, error: 'bad_client_secret' }, 'app bad_client_secret'),
  json('Zoho', 200, { error: 'invalid_client_secret' }, 'app invalid_client_secret'),
  json('RFC 6749', 503, { error: 'temporarily_unavailable' }, 'transient temporarily_unavailable'),
  json('RFC 6749, with 400', 400, { error: 'temporarily_unavailable' }, 'transient temporarily_unavailable'),
  json('RFC 6749', 400, { error: 'server_error' }, 'transient server_error'),
  json('RFC 8628', 400, { error: 'slow_down' }, 'throttled slow_down'),
  json('Slack', 200, { ok: false, error: 'ratelimited' }, 'throttled ratelimited'),
  json('others', 400, { error: 'rate_limited' }, 'throttled rate_limited'),
  json('others', 403, { error: 'rate_limit_exceeded' }, 'throttled rate_limit_exceeded'),
  json('others', 400, { error: 'too_many_requests' }, 'throttled too_many_requests'),
  json('Slack', 200, { ok: false, error: 'internal_error' }, 'transient internal_error'),
  json('Slack', 200, { ok: false, error: 'fatal_error' }, 'transient fatal_error'),
  json(
    'Zoho',
    400,
    {
      error: 'Access Denied',
      error_description: 'You have made too many requests continuously. Please try again.',
      status: 'failure',
    },
    'throttled access_denied',
  ),
  json('Meta', 400, meta(190, 'Error validating access token: Session has expired.'), 'permanent oauthexception_190'),
  json('Meta', 401, meta(190, 'The session was invalidated.'), 'permanent oauthexception_190'),
  json('Meta', 400, meta(1, 'Error validating client secret.'), 'app oauthexception_1'),
  json('Meta', 400, meta(101, 'Error validating application. Invalid application ID.'), 'app oauthexception_101'),
  json('Meta', 400, meta(101, 'Cannot get application info due to a system error.'), 'unknown oauthexception_101'),
  json('Meta', 500, meta(2, 'An unexpected error has occurred.'), 'transient oauthexception_2'),
  json('Meta', 400, meta(4, 'Application request limit reached'), 'throttled oauthexception_4'),
  json('Meta', 400, meta(36_007, 'Odd'), 'unknown oauthexception_36007'),
  json('Google API', 401, { error: { code: 401, status: 'UNAUTHENTICATED' } }, 'unknown unauthenticated'),
  json('Zoho with 200', 200, { message: 'Too many requests' }, 'throttled throttled'),
  ...[408, 425, 500, 502, 503, 504, 520, 599].map((status) => json('any', status, {}, `transient http_${status}`)),
  json('any', 429, {}, 'throttled http_429'),
  plain('a gateway', 503, 'text/html', '<html>Service Unavailable</html>', 'transient http_503'),
  plain('nobody', 429, 'text/plain', '', 'throttled http_429'),
  plain('a portal', 200, 'text/html', '<!doctype html><title>Sign in</title>', 'malformed html'),
  plain('a firewall', 403, 'text/html', '<html>Forbidden</html>', 'malformed http_403_html'),
  plain('broken JSON', 200, 'application/json', '{"access_token":"at-1', 'malformed text'),
  plain('nothing', 200, 'application/json', '', 'malformed empty'),
  plain('null', 200, 'application/json', 'null', 'malformed empty'),
  plain('a number', 200, 'application/json', '42', 'malformed empty'),
  plain('an array', 200, 'application/json', '[{"access_token":"at-1"}]', 'malformed no_access_token'),
  plain('a prototype', 200, 'application/json', '{"__proto__":{"access_token":"at-1"}}', 'malformed text'),
  json('no token', 200, { token_type: 'bearer', expires_in: 3600 }, 'malformed no_access_token'),
  json('an empty token', 200, { access_token: '' }, 'malformed unusable_access_token'),
  json('a number as token', 200, { access_token: 12345 }, 'malformed unusable_access_token'),
  json('a token with a header in it', 200, { access_token: 'at\r\nx-evil: 1' }, 'malformed unusable_access_token'),
  json('a redirect', 302, { error: 'invalid_grant' }, 'malformed redirect'),
  json('an unheard-of code', 400, { error: 'planets_misaligned' }, 'unknown planets_misaligned'),
  json('Entra', 400, { error: 'AADSTS70008' }, 'unknown aadsts70008'),
  json('nested', 400, { error: { code: 'Very Odd', message: 'x' } }, 'unknown very_odd'),
  json('no code', 400, { detail: 'no' }, 'unknown http_400'),
  json('an echo instead of a code', 400, { error: 'your token 3f9a8b77c1d2 is bad' }, 'unknown unrecognised'),
  json('not ok, no reason', 200, { ok: false }, 'unknown error'),
  json('no error after all', 200, { access_token: 'at-1', error: null }, 'granted'),
  json('a token beside an error', 200, { access_token: 'at-1', error: 'warning' }, 'granted'),
  json('Slack, not ok', 200, { ok: false, access_token: 'at-1', error: 'token_revoked' }, 'permanent token_revoked'),
  json('a token with an error status', 400, { access_token: 'at-1' }, 'unknown http_400'),
  plain('form', 200, 'application/x-www-form-urlencoded', 'access_token=at-1&expires_in=60', 'granted'),
];

describe('an answer of the token endpoint, over HTTP', () => {
  it.each(SAMPLES.map((sample) => [sample.from, sample.status, JSON.stringify(sample.body), sample] as const))(
    '%s: %i %s',
    async (_from, _status, _body, { status, body, headers = {}, host, expected }) => {
      provider.next({ status, body, headers });
      const tokenUrl = host === undefined ? provider.tokenUrl : provider.tokenUrl.replace('127.0.0.1', host);
      const outcome = await requestToken(tokenCall(provider, outbound, { endpoint: { tokenUrl } }));
      expect(outcome.class === 'granted' ? 'granted' : `${outcome.class} ${outcome.code}`).toBe(expected);
      expect(outcome.httpStatus).toBe(status);
    },
  );

  it("a code that the service's row names is permanent, in whatever case", async () => {
    provider.next({ status: 400, body: { error: 'planets_misaligned' } });
    const permanentErrors = ['Planets_Misaligned'];
    const outcome = await requestToken(tokenCall(provider, outbound, { endpoint: { permanentErrors } }));
    expect(outcome).toMatchObject({ class: 'permanent', code: 'planets_misaligned', uncertain: false, sent: true });
  });
});

// Made from the table, so that a new row has its tests, and one that a row above it hides fails them.
describe.each(RULES.map((rule) => [`${rule.class}: ${rule.source}`, rule] as const))('the row %s', (_source, rule) => {
  const cases = (rule.codes ?? [null]).flatMap((code) => [400, 401, 200].map((status) => [code, status] as const));

  it.each(cases)('%s with %i', async (code, status) => {
    const description = rule.text === undefined ? {} : { error_description: rule.example };
    provider.next({ status, body: { ...(code === null ? {} : { error: code.toUpperCase() }), ...description } });
    const tokenUrl = provider.tokenUrl.replace(
      '127.0.0.1',
      rule.domain === undefined ? '127.0.0.1' : `api.${rule.domain}`,
    );
    const outcome = await requestToken(tokenCall(provider, outbound, { endpoint: { tokenUrl } }));
    expect(outcome).toMatchObject({
      class: rule.class,
      code: code ?? 'throttled',
      httpStatus: status,
      uncertain: false,
    });
  });
});

describe('the classifier', () => {
  const CLASSES = ['granted', 'permanent', 'app', 'transient', 'throttled', 'malformed', 'unknown'];
  const codes = RULES.flatMap((rule) => rule.codes ?? []);
  const fields = fc.oneof(
    fc.dictionary(fc.string(), fc.anything()),
    fc.record(
      {
        error: fc.oneof(fc.constantFrom(...codes), fc.anything()),
        error_description: fc.anything(),
        access_token: fc.anything(),
        status: fc.anything(),
        ok: fc.anything(),
        code: fc.anything(),
        message: fc.anything(),
      },
      { requiredKeys: [] },
    ),
  );
  const body: fc.Arbitrary<AnswerBody> = fc.oneof(
    fields.map((value) => ({ kind: 'fields', fields: value }) as const),
    fc.constantFrom('html', 'text', 'empty', 'oversized', 'encoded').map((kind) => ({ kind })),
  );
  const status = fc.oneof(fc.integer({ min: 100, max: 599 }), fc.integer(), fc.double());

  it('gives every status and body exactly one class, and a code that is safe to store', () => {
    fc.assert(
      fc.property(status, body, fc.string(), (anyStatus, anyBody, host) => {
        const verdict = classify({ host, status: anyStatus, body: anyBody });
        expect(CLASSES).toContain(verdict.class);
        if ('code' in verdict) expect(verdict.code).toMatch(/^[a-z0-9_.-]{1,64}$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('grants nothing without a 2xx and a usable access token', () => {
    fc.assert(
      fc.property(status, body, (anyStatus, anyBody) => {
        const verdict = classify({ host: 'h', status: anyStatus, body: anyBody });
        if (verdict.class !== 'granted') return;
        expect(anyStatus >= 200 && anyStatus < 300).toBe(true);
        expect(verdict.fields.access_token).toMatch(/^[\x21-\x7e]+$/);
      }),
    );
  });

  it('says the same for the same answer, whatever 4xx or 5xx carries a code of the table', () => {
    const certain = RULES.flatMap((rule) => (rule.text === undefined && rule.domain === undefined ? rule.codes : []));
    fc.assert(
      fc.property(fc.constantFrom(...certain), fc.integer({ min: 400, max: 599 }), (error, anyStatus) => {
        const at = (s: number) => classify({ host: 'h', status: s, body: { kind: 'fields', fields: { error } } });
        expect(at(anyStatus)).toEqual(at(200));
      }),
    );
  });

  it('is quick with hostile text', () => {
    const startedAt = performance.now();
    for (const error of [
      `${'a'.repeat(60)}!!`,
      `a${'1'.repeat(62)}!`,
      'too many '.repeat(30_000),
      `${'x'.repeat(250_000)}\n`,
    ])
      classify({ host: 'h', status: 200, body: { kind: 'fields', fields: { error, access_token: `${error}\n` } } });
    expect(performance.now() - startedAt).toBeLessThan(200);
  });
});
