import { otobot, preparedInstallation, words, type Ended } from '../cli/otobot';
import { startFaultyN8n, type FaultyN8n } from './faulty-n8n';

// Every command is a process of its own.
jest.setTimeout(120_000);

let installation: Awaited<ReturnType<typeof preparedInstallation>>;
let n8n: FaultyN8n;
beforeAll(async () => {
  installation = await preparedInstallation();
  n8n = await startFaultyN8n();
});
afterAll(async () => {
  await n8n.close();
  await installation.end();
});

const run = (line: string, input = ''): Promise<Ended> => otobot(installation.dataDir, words(line), { input });
/** A command that has to succeed, saying nothing but its answer. */
async function does(line: string, input?: string): Promise<Ended> {
  const ended = await run(line, input);
  expect({ line, code: ended.code, stderr: ended.stderr }).toEqual({ line, code: 0, stderr: '' });
  return ended;
}

test('an n8n is added by its key from standard input, credentials are ordered and named by client and service, and all is removed', async () => {
  await does('client create acme --name ACME');
  await does('service create hubspot --oauth-type api_key');
  await does('connection import acme hubspot', '{"apiKey":"of-acme"}');

  const added = await does(`n8n-sync instance add main ${n8n.url}`, n8n.apiKey);
  expect(added.stdout).toContain('n8n answers, and takes the key.');
  expect(added.stdout).not.toContain(n8n.apiKey);
  expect((await does('n8n-sync instance list')).stdout).toMatch(/^main +http:\S+ +ok +0 /m);
  expect((await does('n8n-sync instance check main --json')).json()).toMatchObject({ status: 'ok' });

  expect((await does('n8n-sync add main acme hubspot --json')).json()).toMatchObject({ type: 'hubspotAppToken' });
  await does('n8n-sync add main acme hubspot --type httpHeaderAuth --fields name=X-Key');
  expect((await does('n8n-sync list main')).stdout).toMatch(/^acme +hubspot +default +hubspotAppToken +pending /m);

  const both = await run('n8n-sync push main acme/hubspot');
  expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('stands there as several types') as string });
  const unknown = await run('n8n-sync add elsewhere acme hubspot');
  expect(unknown.stderr).toContain('hint: `otobot n8n-sync instance list` lists them.');

  const { items } = (await does('n8n-sync list main --json')).json() as { items: { id: string; type: string }[] };
  const header = items.find(({ type }) => type === 'httpHeaderAuth')?.id ?? '';
  expect((await does(`n8n-sync remove main ${header} --yes`)).stdout).toContain('A worker takes');
  expect((await does('n8n-sync push main acme/hubspot')).stdout).toContain('within seconds');
  expect((await does('n8n-sync instance remove main --forget --yes')).stdout).toBe('n8n instance main is forgotten.\n');
  expect((await does('n8n-sync instance list --json')).json()).toEqual({ items: [], nextCursor: null });
});
