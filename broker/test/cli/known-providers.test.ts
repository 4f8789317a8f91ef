import { CATALOGUE } from '../../src/providers/catalogue/catalogue';
import { otobot, preparedInstallation, words } from './otobot';

let installation: Awaited<ReturnType<typeof preparedInstallation>>;
beforeAll(async () => {
  installation = await preparedInstallation();
}, 60_000);
afterAll(() => installation.end());

const does = (line: string, env: Record<string, string> = {}) => otobot(installation.dataDir, words(line), { env });

test('the guide tells what to paste at this installation', async () => {
  const { code, stdout } = await does('service guide google', { PUBLIC_URL: 'https://otobot.example' });
  expect(code).toBe(0);
  expect(stdout).toContain('Redirect URI to paste: `https://otobot.example/oauth/callback/google`');
  expect((await does('service guide shopify --service shop-1', { PORT: '3101' })).stdout).toContain(
    '`http://localhost:3101/oauth/callback/shop-1`',
  );
});

test('without a provider it lists those that are known', async () => {
  const { code, stdout } = await does('service guide');
  expect([
    code,
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  ]).toEqual([0, CATALOGUE.map(({ name }) => name)]);
});

test('the guide of an unknown provider names the known ones', async () => {
  expect(await does('service guide gogle')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: `error: there is no guide for "gogle"\nhint: there are: ${CATALOGUE.map(({ name }) => name).join(', ')}\n`,
  });
  expect((await does('service guide google --service ../x')).code).toBe(2);
});

test('a service is created from a provider, and what is not supported yet is told', async () => {
  const slack = await does('service create slack --from slack --scopes chat:write');
  expect(slack.code).toBe(0);
  expect(slack.stdout).toMatch(/^Service slack was created\. Give it its OAuth client/);
  const linear = await does('service create linear --from linear');
  expect(linear.stdout).toMatch(/\n\nNot supported yet:\n(- .*\n)*- The account: Linear/);
  expect((await does('service show slack --json')).json()).toMatchObject({
    scopes: ['chat:write'],
    scopeSeparator: ',',
  });
  expect((await does('service create pay --from stripe')).stdout).toMatch(/^Service pay was created\.\n/);
});

test('what does not fit is told about the option', async () => {
  expect(await does('service create shop --from gogle')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: --from: "gogle" is no provider/) as string,
  });
});

test('parameters, accounts and checks are set by options too', async () => {
  const made = await does(
    'service create crm --token-url https://crm.example/token --authorization-params access_type=offline,prompt=a=b ' +
      '--account-from url --account-url https://crm.example/me --account-id-path user.id --verify-url https://crm.example/ok --json',
  );
  expect(made.json()).toMatchObject({
    authorizationParams: { access_type: 'offline', prompt: 'a=b' },
    accountFrom: 'url',
    accountIdPath: 'user.id',
    verifyUrl: 'https://crm.example/ok',
  });
  expect((await does('service edit crm --authorization-params  --verify-url  --json')).json()).toMatchObject({
    authorizationParams: {},
    verifyUrl: null,
  });
});
