import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createOutbound } from '../../src/outbound/outbound';
import { requestToken, type TokenCall } from '../../src/providers/token-endpoint';
import type { TokenGranted } from '../../src/providers/token-outcome';
import { startProvider, type ModeName, type Provider } from '../support/provider';
import { tokenCall } from './token-call';

const outbound = createOutbound({ allowPrivate: 'loopback', privateHosts: [] });
let provider: Provider;

beforeAll(async () => {
  provider = await startProvider();
});
afterEach(() => {
  provider.reset();
});
afterAll(async () => {
  outbound.close();
  await provider.close();
});

const call = (change: Parameters<typeof tokenCall>[2] = {}): TokenCall => tokenCall(provider, outbound, change);

async function granted(tokenRequest: TokenCall): Promise<TokenGranted> {
  const outcome = await requestToken(tokenRequest);
  if (outcome.class !== 'granted') throw new Error(`not granted: ${outcome.class} ${outcome.code}`);
  return outcome;
}

describe('a refresh', () => {
  it('returns the new tokens, and the provider has rotated once', async () => {
    const { refreshToken } = provider.issue(['read', 'write']);
    const outcome = await granted(call({ grant: { type: 'refresh_token', refreshToken } }));
    expect(outcome).toMatchObject({
      tokenType: 'Bearer',
      expiresInSeconds: 3600,
      scopes: ['read', 'write'],
      httpStatus: 200,
    });
    expect(provider.accepts(outcome.accessToken)).toBe(true);
    expect(provider.isLive(outcome.refreshToken ?? '')).toBe(true);
    expect(provider.isLive(refreshToken)).toBe(false);
    expect(provider.callsWith(refreshToken)).toBe(1);
  });

  it('with a used refresh token is permanent for the connection', async () => {
    const { refreshToken } = provider.issue();
    const again = call({ grant: { type: 'refresh_token', refreshToken } });
    await granted(again);
    const outcome = await requestToken(again);
    expect(outcome).toMatchObject({
      class: 'permanent',
      code: 'invalid_grant',
      httpStatus: 400,
      sent: true,
      uncertain: false,
    });
  });

  it.each<[ModeName, 'none' | 'same']>([
    ['no-rotation', 'none'],
    ['null-refresh-token', 'none'],
    ['empty-refresh-token', 'none'],
    ['same-refresh-token', 'same'],
  ])('%s: says whether there is a new refresh token, so that the old one is kept', async (behaviour, expected) => {
    provider.behave(behaviour);
    const { refreshToken } = provider.issue();
    const outcome = await granted(call({ grant: { type: 'refresh_token', refreshToken } }));
    expect(outcome.refreshToken).toBe(expected === 'none' ? null : refreshToken);
  });

  it.each<[unknown, number | null]>([
    [undefined, null],
    [null, null],
    [0, null],
    [-1, null],
    ['', null],
    ['soon', null],
    ['1h', null],
    [true, null],
    [[3600], null],
    [0.5, null],
    ['3600', 3600],
    [3599.7, 3599],
    [1e12, 31_536_000],
    ['999999999999999999999', 31_536_000],
    [3_600_000_000, 31_536_000],
    [5_183_944, 5_183_944],
  ])('expires_in %j is %j seconds', async (expiresIn, expected) => {
    provider.behave({ expiresIn });
    expect((await granted(call())).expiresInSeconds).toBe(expected);
  });

  it('keeps what was asked for, texts and numbers that can be stored, and nothing else', async () => {
    const extra = {
      instance_url: 'https://eu5.example',
      hub_id: 42,
      team: { id: 'T1', name: 'a\u0000b', secret: 'x' },
      list: [{ id: 7 }],
      x_refresh_token_expires_in: '8640000',
      secret_sauce: 'x',
    };
    provider.behave({
      extra: { ...extra, api_domain: { nested: 1 }, account_id: 'y'.repeat(3_000), expires_in_sec: 1800 },
    });
    const keep = [
      'instance_url',
      'hub_id',
      'team.id',
      'team.name',
      'list.0.id',
      'api_domain',
      'account_id',
      'a.b',
      'toString',
    ];
    const outcome = await granted(call({ keep }));
    expect(outcome).toMatchObject({ refreshExpiresInSeconds: 8_640_000, expiresInSeconds: 1800 });
    expect(outcome.extra).toEqual({
      instance_url: 'https://eu5.example',
      hub_id: '42',
      'team.id': 'T1',
      'list.0.id': '7',
    });
    expect((await granted(call())).extra).toEqual({});
  });

  it.each([
    ['a b  c', ['a', 'b', 'c']],
    ['a,b, c', ['a', 'b', 'c']],
    [
      ['a', 'b', 'a', 7],
      ['a', 'b'],
    ],
    [{ a: 1 }, null],
    [undefined, null],
  ])('scope %j is %j', async (scope, expected) => {
    provider.behave({ extra: { scope } });
    expect((await granted(call())).scopes).toEqual(expected);
  });

  it('reads a form-encoded answer', async () => {
    provider.behave('form-encoded');
    const outcome = await granted(call());
    expect(outcome).toMatchObject({ expiresInSeconds: 3600, scopes: ['read'] });
    expect(provider.accepts(outcome.accessToken)).toBe(true);
  });
});

describe('the request', () => {
  it.each(['header', 'body'] as const)(
    'authenticates the client in the %s, with odd characters intact',
    async (authStyle) => {
      const secret = `otbcanary:a b+c%&=ü`.replace('ü', "~!*'()");
      provider.clientSecrets.push(secret);
      await granted(call({ endpoint: { authStyle }, client: { id: provider.clientId, secret } }));
      const [sent] = provider.calls;
      expect(sent).toMatchObject({ clientId: provider.clientId, clientSecret: secret });
      expect(sent?.headers.authorization === undefined).toBe(authStyle === 'body');
      expect(sent?.form.has('client_secret')).toBe(authStyle === 'body');
    },
  );

  it('is accepted with any live client secret, and is an app failure with a wrong one', async () => {
    const [, second = ''] = provider.clientSecrets;
    await granted(call({ client: { id: provider.clientId, secret: second } }));
    const outcome = await requestToken(call({ client: { id: provider.clientId, secret: 'wrong' } }));
    expect(outcome).toMatchObject({ class: 'app', code: 'invalid_client', httpStatus: 401 });
  });

  it('keeps the query of the token URL', async () => {
    await granted(call({ endpoint: { tokenUrl: `${provider.tokenUrl}?tenant=a%20b&x=1` } }));
    expect(provider.calls[0]?.path).toBe('/token?tenant=a%20b&x=1');
  });

  it('asks for plain JSON', async () => {
    await granted(call());
    expect(provider.calls[0]?.headers).toMatchObject({ accept: 'application/json', 'accept-encoding': 'identity' });
  });

  it("joins scopes with the service's separator, and names none on a refresh that asks for none", async () => {
    const { refreshToken } = provider.issue();
    await granted(
      call({ endpoint: { scopeSeparator: ',' }, grant: { type: 'client_credentials', scopes: ['a', 'b'] } }),
    );
    await granted(call({ grant: { type: 'refresh_token', refreshToken } }));
    expect(provider.calls[0]?.form.get('scope')).toBe('a,b');
    expect(provider.calls[1]?.form.has('scope')).toBe(false);
  });

  it('exchanges a code with its PKCE verifier, and only with it', async () => {
    const codeVerifier = 'v'.repeat(43);
    const grant = { type: 'authorization_code', redirectUri: 'http://localhost/cb', codeVerifier } as const;
    const outcome = await granted(call({ grant: { ...grant, code: provider.issueCode(codeVerifier) } }));
    expect(provider.isLive(outcome.refreshToken ?? '')).toBe(true);
    expect(provider.calls[0]?.form.get('redirect_uri')).toBe('http://localhost/cb');
    const wrong = await requestToken(call({ grant: { ...grant, code: provider.issueCode('w'.repeat(43)) } }));
    expect(wrong).toMatchObject({ class: 'permanent', code: 'invalid_grant' });
  });
});

describe('leaks', () => {
  const secret = 'otbcanary-secret';
  const refreshToken = 'otbcanary-refresh';

  it.each([
    [{ error: refreshToken }],
    [{ error: `invalid ${refreshToken}` }],
    [{ error: secret, error_description: secret }],
    [{ error: { code: refreshToken } }],
    [{ error: refreshToken.toUpperCase() }],
    [{ error: 'opaque9f8e7d6c5b4a39281706f5e4d3c2b1a0' }],
  ])('an echo of a secret in %j reaches no outcome', async (body) => {
    provider.next({ status: 400, body, headers: { 'retry-after': refreshToken } });
    const client = { id: provider.clientId, secret };
    const outcome = await requestToken(call({ client, grant: { type: 'refresh_token', refreshToken } }));
    expect(outcome).toMatchObject({ class: 'unknown', code: 'unrecognised', retryAfterMs: null });
    expect(JSON.stringify(outcome)).not.toMatch(/otbcanary|9f8e7d/i);
  });

  it('DEBUG prints nothing of simple-oauth2, and still everything of others', async () => {
    const printed = await printedWithDebug(call());
    expect(printed).toContain('still here');
    expect(printed).toContain('granted');
    expect(printed).not.toMatch(/simple-oauth2|otbcanary|Basic /);
  });
});

/** What a broker started with DEBUG=* prints during one refresh. */
async function printedWithDebug(tokenRequest: TokenCall): Promise<string> {
  const plain = { ...tokenRequest, agents: undefined };
  const program = [join(__dirname, '../support/run-typescript.cjs'), join(__dirname, 'one-refresh.ts')] as const;
  const run = spawn(process.execPath, ['-r', ...program, JSON.stringify(plain)], {
    env: { ...process.env, DEBUG: '*' },
  });
  const [stdout, stderr] = await Promise.all([text(run.stdout), text(run.stderr)]);
  return stdout + stderr;
}
