import http, { type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createOutbound } from '../../src/outbound/outbound';
import { authorizationUrl } from '../../src/providers/authorization-url';
import { requestToken, type TokenEndpoint, type TokenGrant } from '../../src/providers/token-endpoint';
import type { TokenOutcome } from '../../src/providers/token-outcome';
import { STANDARD } from '../../src/types/dialect';

// What a token endpoint sees of each deviation, byte for byte, and what is read of its answers.
const outbound = createOutbound({ allowPrivate: 'loopback', privateHosts: [] });
let answer: unknown;
let seen: { method: string; headers: IncomingHttpHeaders; body: string };
const server = http.createServer((request, response) => {
  void text(request).then((body) => {
    seen = { method: request.method ?? '', headers: request.headers, body };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
});
beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
beforeEach(() => {
  answer = { access_token: 'at-1' };
});
afterAll(() => {
  outbound.close();
  server.close();
});

const REFRESH: TokenGrant = { type: 'refresh_token', refreshToken: 'rt-1' };
const CODE: TokenGrant = {
  type: 'authorization_code',
  code: 'c-1',
  redirectUri: 'https://x.example/cb',
  codeVerifier: 'v',
};
const CLIENT: TokenGrant = { type: 'client_credentials', scopes: ['a', 'b'] };

function ask(grant: TokenGrant, endpoint: Partial<TokenEndpoint> = {}, keep: string[] = []): Promise<TokenOutcome> {
  const tokenUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  return requestToken({
    endpoint: { ...STANDARD, tokenUrl, authStyle: 'body', scopeSeparator: ' ', ...endpoint },
    client: { id: 'app', secret: 's-1' },
    grant,
    keep,
    agents: outbound.agents,
    timeoutMs: 5_000,
  });
}
const form = (): Record<string, string> => Object.fromEntries(new URLSearchParams(seen.body));
const client = { client_id: 'app', client_secret: 's-1' };

test('to the letter of the standard, unless the service says otherwise', async () => {
  await ask(REFRESH);
  expect(seen).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  expect(form()).toEqual({ grant_type: 'refresh_token', refresh_token: 'rt-1', ...client });
});

test.each([
  ['a renewal', REFRESH, { grant_type: 'refresh_token', refresh_token: 'rt-1' }],
  [
    'a code',
    CODE,
    { grant_type: 'authorization_code', code: 'c-1', redirect_uri: 'https://x.example/cb', code_verifier: 'v' },
  ],
  ['the client alone', CLIENT, { grant_type: 'client_credentials', scope: 'a b' }],
])('%s is sent as JSON where the provider wants that', async (_, grant, parameters) => {
  expect((await ask(grant, { bodyFormat: 'json' })).class).toBe('granted');
  expect(seen.headers['content-type']).toBe('application/json');
  expect(JSON.parse(seen.body)).toEqual({ ...parameters, ...client });
});

test('JSON goes with client authentication in the header too', async () => {
  await ask(REFRESH, { bodyFormat: 'json', authStyle: 'header' });
  expect(seen.headers.authorization).toBe(`Basic ${Buffer.from('app:s-1').toString('base64')}`);
  expect(JSON.parse(seen.body)).toEqual({ grant_type: 'refresh_token', refresh_token: 'rt-1' });
});

test('parameters go by the names that the provider has for them', async () => {
  await ask(REFRESH, { paramNames: { client_id: 'client_key', client_secret: 'client_token' } });
  expect(form()).toEqual({
    grant_type: 'refresh_token',
    refresh_token: 'rt-1',
    client_key: 'app',
    client_token: 's-1',
  });
  const url = authorizationUrl({
    ...{
      authorizationUrl: 'https://x.example/auth',
      authorizationParams: {},
      clientId: 'app',
      redirectUri: 'https://y.example/cb',
    },
    ...{ scopes: ['a', 'b'], scopeSeparator: ',', state: 's', codeVerifier: null },
    paramNames: { client_id: 'client_key', scope: 'user_scope' },
  });
  const query = Object.fromEntries(new URL(url).searchParams);
  expect(query).toEqual({
    response_type: 'code',
    client_key: 'app',
    redirect_uri: 'https://y.example/cb',
    state: 's',
    user_scope: 'a,b',
  });
});

test('first tokens and renewals have parameters of their own, which replace no standard one but grant_type', async () => {
  const endpoint = {
    tokenParams: { type: 'web_server', code: 'forged', redirect_uri: 'https://evil.example' },
    refreshParams: { type: 'refresh', refresh_token: 'forged', client_id: 'forged' },
  };
  await ask(CODE, endpoint);
  expect(form()).toMatchObject({ type: 'web_server', code: 'c-1', redirect_uri: 'https://x.example/cb' });
  await ask(REFRESH, endpoint);
  expect(form()).toEqual({ type: 'refresh', grant_type: 'refresh_token', refresh_token: 'rt-1', ...client });
  await ask(CLIENT, { tokenParams: { grant_type: 'account_credentials', account_id: '7' } });
  expect(form()).toEqual({ grant_type: 'account_credentials', account_id: '7', scope: 'a b', ...client });
});

test('tokens are read where the service says, or at the top where nothing stands there', async () => {
  const inner = { access_token: 'user-1', refresh_token: 'user-rt', scope: 'chat:write', expires_in: 43_200 };
  answer = { ok: true, access_token: 'bot-1', refresh_token: 'bot-rt', team: { id: 'T1' }, authed_user: inner };
  expect(await ask(CODE, { answerPath: 'authed_user' }, ['team.id'])).toMatchObject({
    ...{
      class: 'granted',
      accessToken: 'user-1',
      refreshToken: 'user-rt',
      scopes: ['chat:write'],
      expiresInSeconds: 43_200,
    },
    extra: { 'team.id': 'T1' },
  });
  expect(await ask(CODE)).toMatchObject({ accessToken: 'bot-1', refreshToken: 'bot-rt' });
  answer = { ok: true, access_token: 'user-2', refresh_token: 'user-rt-2', token_type: 'user' };
  expect(await ask(REFRESH, { answerPath: 'authed_user' })).toMatchObject({ class: 'granted', accessToken: 'user-2' });
  answer = { data: [{ access_token: 'listed', user_id: 7 }] };
  expect(await ask(CODE, { answerPath: 'data.0' }, ['data.0.user_id'])).toMatchObject({
    ...{ class: 'granted', accessToken: 'listed' },
    extra: { 'data.0.user_id': '7' },
  });
});

test("the bot's token is not taken for the user's, where the user gave none", async () => {
  answer = { ok: true, access_token: 'bot-1', authed_user: { id: 'U1' } };
  expect(await ask(CODE, { answerPath: 'authed_user' })).toMatchObject({ class: 'malformed', code: 'no_access_token' });
});

test('an error speaks wherever the tokens would stand', async () => {
  answer = { ok: false, error: 'invalid_refresh_token' };
  expect(await ask(REFRESH, { answerPath: 'authed_user' })).toMatchObject({
    class: 'permanent',
    code: 'invalid_refresh_token',
  });
});

test('a row that names a parameter by what is no name sends nothing', async () => {
  seen = { method: 'none', headers: {}, body: '' };
  const paramNames = { client_id: 7 } as unknown as TokenEndpoint['paramNames'];
  expect(await ask(REFRESH, { paramNames })).toMatchObject({ class: 'app', code: 'client_configuration', sent: false });
  expect(seen.method).toBe('none');
});
