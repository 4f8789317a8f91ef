import { NotAnExport, readN8nExport } from '../../src/services/importing/n8n-export';

const read = (...credentials: object[]) => readN8nExport(JSON.stringify(credentials));
const APP = { clientId: 'app-1', clientSecret: 'CANARY-secret' };
const TOKENS = { access_token: 'CANARY-access', refresh_token: 'CANARY-refresh', expires_in: 3_599 };

test('OAuth2, keys and passwords become what the broker takes, with the OAuth client of the grant', () => {
  const { grants, leftOut } = read(
    { id: 'a', name: 'Mail', type: 'gmailOAuth2', data: { ...APP, oauthTokenData: TOKENS } },
    { id: 7, name: 'Key', type: 'openAiApi', data: { apiKey: 'CANARY-key' } },
    { name: 'Basic', type: 'httpBasicAuth', data: { user: 'u', password: 'CANARY' } },
    { name: 'Own', type: 'oAuth2Api', data: { ...APP, oauthTokenData: { access_token: 'CANARY-access' } } },
    { name: 'Machine', type: 'oAuth2Api', data: { ...APP, grantType: 'clientCredentials' } },
  );
  expect(leftOut).toEqual([]);
  expect(grants).toEqual([
    { id: 'a', title: 'Mail', type: 'gmailOAuth2', service: 'google', refreshToken: 'CANARY-refresh', app: APP },
    { id: '7', title: 'Key', type: 'openAiApi', service: 'openai', kind: 'api_key', apiKey: 'CANARY-key' },
    { id: '', title: 'Basic', type: 'httpBasicAuth', service: null, kind: 'basic', username: 'u', password: 'CANARY' },
    { id: '', title: 'Own', type: 'oAuth2Api', service: null, accessToken: 'CANARY-access', app: APP },
    { id: '', title: 'Machine', type: 'oAuth2Api', service: null, kind: 'client_credentials', app: APP },
  ]);
});

test('what cannot be taken over is left out, and says why', () => {
  const { grants, leftOut } = read(
    { name: 'Never', type: 'gmailOAuth2', data: APP },
    { name: 'Database', type: 'postgres', data: { password: 'CANARY' } },
    { name: 'Empty', type: 'openAiApi', data: { apiKey: '' } },
    { name: 'Proto', type: 'openAiApi', data: JSON.parse('{"__proto__": {"apiKey": "CANARY"}}') as object },
  );
  expect(grants).toEqual([]);
  expect(leftOut.map(({ title, why }) => `${title}: ${why}`)).toEqual([
    'Never: nobody has signed in with it in n8n: it holds no token',
    'Database: its type is not known here, and it holds no OAuth2 tokens',
    'Empty: it holds no key',
    'Proto: it holds no key',
  ]);
});

test.each([
  ['not JSON', '{"apiKey": "CANARY', /not JSON/],
  ['nothing', '', /not JSON/],
  ['another shape', '{"connections": ["CANARY"]}', /not what n8n export:credentials writes/],
  ['null', 'null', /not what/],
  ['a list of null', '[null]', /not what/],
  ['encrypted', '[{"name": "n", "type": "gmailOAuth2", "data": "U2FsdGVkCANARY"}]', /--decrypted/],
])('%s is refused without an echo of what it holds', (_what, content, message) => {
  const refused = (): unknown => readN8nExport(content);
  expect(refused).toThrow(NotAnExport);
  expect(refused).toThrow(message);
  expect(refused).not.toThrow(/CANARY/);
});

test('a byte order mark and a credential alone, as of --separate, are read', () => {
  const alone = { id: 'a', name: 'Key', type: 'openAiApi', data: { apiKey: 'k' } };
  expect(readN8nExport(`\uFEFF${JSON.stringify(alone)}`).grants).toHaveLength(1);
});
