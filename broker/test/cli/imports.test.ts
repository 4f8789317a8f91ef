import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { otobot, preparedInstallation, words, type Ended } from './otobot';

// Every command is a process of its own.
jest.setTimeout(120_000);

let dataDir = '';
let end = () => Promise.resolve();
beforeAll(async () => {
  ({ dataDir, end } = await preparedInstallation());
});
afterAll(() => end());

const APP = { clientId: 'app-1', clientSecret: 'CANARY-secret' };
const EXPORT = [
  { id: 'a1', name: 'Mail', type: 'gmailOAuth2', data: { ...APP, oauthTokenData: { refresh_token: 'CANARY-1' } } },
  {
    id: 'a2',
    name: 'Sheets',
    type: 'googleSheetsOAuth2Api',
    data: { ...APP, oauthTokenData: { refresh_token: 'CANARY-2' } },
  },
  { id: 'a3', name: 'DB', type: 'postgres', data: { password: 'CANARY-3' } },
];

const written = (name: string, content: unknown): string => {
  const file = path.join(dataDir, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};
const run = (line: string): Promise<Ended> => otobot(dataDir, words(line));

test('an export of n8n is planned, confirmed, imported and known again, and no secret is shown', async () => {
  const command = `import n8n ${written('export.json', EXPORT)} --client acme`;
  const missing = await run(`${command} --yes`);
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringMatching(/refused[^]*nothing was imported/)]);

  const whole = `${command} --create-clients --create-services`;
  const unasked = await run(whole);
  expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('--yes')]);
  const dry = await run(`${whole} --dry-run --json`);
  expect(dry.json()).toMatchObject({ applied: false, entries: [{ name: 'mail' }, { name: 'sheets' }] });
  expect((await run('connection list --json')).json()).toMatchObject({ items: [] });

  const done = await run(`${whole} --yes --json`);
  expect(done.stderr).toContain('left out: "DB" (postgres)');
  expect(done.json()).toMatchObject({ applied: true, createdClients: ['acme'], createdServices: ['google'] });
  const again = await run(`${whole} --yes`);
  expect(again.stdout).toMatch(/unchanged[^]*delete the old ones in n8n/);
  for (const { stdout, stderr } of [missing, unasked, dry, done, again])
    expect(stdout + stderr).not.toContain('CANARY');
});

test('a folder of separate files is read; an encrypted export says what to do', async () => {
  const folder = path.join(dataDir, 'separate');
  mkdirSync(folder);
  writeFileSync(
    path.join(folder, 'a.json'),
    JSON.stringify({ name: 'Key', type: 'hubspotAppToken', data: { appToken: 'k' } }),
  );
  const done = await run(`import n8n ${folder} --client - --create-services --yes --json`);
  expect(done.json()).toMatchObject({
    applied: true,
    entries: [{ clientId: '-', service: 'hubspot', name: 'default' }],
  });
  const sealed = written('sealed.json', [{ name: 'Key', type: 'openAiApi', data: 'U2FsdGVk' }]);
  const refused = await run(`import n8n ${sealed} --client acme`);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--decrypted')]);
});
