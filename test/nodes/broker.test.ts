import { inspect } from 'node:util';

import { callBroker, requestGrant } from '../../nodes/shared/broker';
import { BrokerError } from '../../nodes/shared/broker-error';
import { brokerStandIn, grantFor, httpRequest, INTERNAL_TOKEN, ok, problem, type Scripted } from './support';

const ASKED = { clientId: 'acme', service: 'google', name: 'default' };

let answer: Scripted;
let broker: Awaited<ReturnType<typeof brokerStandIn>>;
beforeEach(async () => {
  broker = await brokerStandIn(() => answer);
});
afterEach(() => broker.close());

const ask = (apiUrl = broker.url, asked = ASKED) =>
  requestGrant(httpRequest, { apiUrl, internalToken: INTERNAL_TOKEN }, asked);

async function refusal(scripted: Scripted, asked = ASKED): Promise<BrokerError> {
  answer = scripted;
  const error: unknown = await ask(broker.url, asked).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BrokerError);
  return error as BrokerError;
}

test('a grant comes back as the broker sent it', async () => {
  const grant = grantFor({ kind: 'basic', username: 'u', password: 'p' });
  answer = ok(grant);
  expect(await ask(`${broker.url}//`)).toEqual(grant);
});

test.each([
  ['key_invalid', 401, {}, 'Check "Internal Token" in the credential'],
  ['scope_missing', 403, {}, 'preset "n8n"'],
  ['scope_missing', 403, { scope: 'clients:write' }, 'otobot access-key create --preset n8n --scopes clients:write'],
  ['client_not_allowed', 403, {}, 'Use an access key that includes them'],
  ['client_not_allowed', 403, { reason: 'service_suspended' }, 'Service "google" is suspended'],
  ['client_suspended', 403, {}, 'Client "acme" is suspended'],
  ['not_found', 404, {}, 'no client "acme" or no service "google"'],
  ['not_found', 404, { reason: 'unknown_client' }, 'knows no client "acme". Check'],
  ['not_found', 404, { reason: 'unknown_service' }, 'knows no service "google". Check'],
  ['reauth_required', 409, { reason: 'never_connected' }, 'it was never connected. To fix it, create a link'],
  ['reauth_required', 409, { reason: 'some_new_reason' }, ': some new reason'],
  ['reauth_required', 409, { reason: 'disabled' }, 'Client "acme": "google" is disabled in Otobot'],
  ['invalid_value', 422, {}, 'A detail'],
  ['rate_limited', 429, {}, 'Try again shortly'],
  ['internal', 500, {}, 'look at request req-1'],
  ['a_code_from_the_future', 418, {}, 'A detail'],
])('%s (%i) tells what to do', async (code, status, more, sentence) => {
  const error = await refusal(problem(status, code, more));
  expect(error.message).toContain(sentence);
  expect(error).toMatchObject({ reasonCode: code, httpStatus: status });
  expect(error.description).toContain('request req-1');
});

test('the link to send is in the message and beside it', async () => {
  const connectUrl = 'https://otobot.example/connect/abc';
  const error = await refusal(problem(409, 'reauth_required', { reason: 'revoked', connectUrl }), {
    ...ASKED,
    name: 'second',
  });
  expect(error.message).toContain(`must reconnect "google" (connection "second"): access was revoked`);
  expect(error.message).toContain(`send them this link: ${connectUrl}`);
  expect(error.connectUrl).toBe(connectUrl);
});

test('client and service are called what people call them, where the broker tells', async () => {
  const names = { clientName: 'Acme Ltd', serviceName: 'Google', connectUrl: 'https://otobot.example/connect/abc' };
  const error = await refusal(problem(409, 'reauth_required', { reason: 'expired', ...names }));
  expect(error.message).toBe(
    'Acme Ltd must reconnect Google: its token has expired. To fix it, send them this link: https://otobot.example/connect/abc',
  );
});

test.each([
  ['7', 'Try again in 7 s'],
  ['Fri, 20 Nov 2026 10:00:00 GMT', 'Try again after Fri, 20 Nov 2026 10:00:00 GMT'],
])('Retry-After %s is passed on', async (retryAfter, sentence) => {
  const error = await refusal({ ...problem(503, 'refresh_pending'), headers: { 'retry-after': retryAfter } });
  expect(error.message).toContain(sentence);
  expect(error.message).toContain('Retry On Fail');
});

test('a quota that is used up is told with its end, and no retry is advised', async () => {
  const used = problem(429, 'quota_exceeded');
  const error = await refusal({ ...used, headers: { 'retry-after': '20282' } });
  expect(error.message).not.toMatch(/Try again|Retry On Fail/);
});

test.each([
  ['an HTML page', { status: 502, body: '<html>Bad gateway</html>' }],
  ['JSON of somebody else', { status: 200, body: { hello: 'world' } }],
  ['an error of somebody else', { status: 404, body: { error: 'no such route' } }],
  ['nothing', { status: 200, body: '' }],
  ['a redirect', { status: 307, body: '', headers: { location: 'http://127.0.0.1:9/' } }],
])('%s is not taken for the answer of a broker', async (_what, scripted) => {
  const error = await refusal(scripted);
  expect(error.message).toContain('Check "API URL"');
  expect(error.reasonCode).toBe('not_otobot');
});

test('a broker that is not there is named, without the token that was meant for it', async () => {
  await broker.close();
  const error: unknown = await ask().catch((thrown: unknown) => thrown);
  expect((error as Error).message).toBe(
    `The Otobot broker at ${broker.url} cannot be reached: the connection was refused`,
  );
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(INTERNAL_TOKEN);
  broker = await brokerStandIn(() => answer);
});

test.each(['', 'localhost:3001', 'ftp://host', 'http://user:pw@host', 'http://host/?a=b'])(
  'API URL "%s" is refused',
  async (apiUrl) => {
    await expect(ask(apiUrl)).rejects.toThrow('"API URL" in the credential is not a URL');
  },
);

describe('any other call', () => {
  const call = (more = {}) =>
    callBroker(
      httpRequest,
      { apiUrl: `${broker.url}/otobot/`, internalToken: INTERNAL_TOKEN },
      {
        method: 'GET',
        path: '/v1/clients',
        ...more,
      },
    );

  test('goes below the path of the API URL, with its query encoded', async () => {
    answer = ok({ items: [] });
    expect(await call({ query: { search: 'a&b=c d', limit: 5, cursor: undefined } })).toEqual({ items: [] });
    expect(broker.received[0]?.url).toBe('/otobot/v1/clients?search=a%26b%3Dc%20d&limit=5');
  });

  test('gives null where the broker has nothing to say', async () => {
    answer = { status: 204, body: '' };
    expect(await call({ method: 'DELETE' })).toBeNull();
  });

  test('without a connection in question is refused in the words of the broker', async () => {
    answer = problem(404, 'not_found');
    await expect(call()).rejects.toThrow(/^A detail$/);
  });
});
