import { writeFileSync } from 'node:fs';
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

/** Runs a command that has to succeed, saying nothing but its answer. */
async function does(line: string, input?: string): Promise<Ended> {
  const ended = await otobot(dataDir, words(line), input === undefined ? {} : { input });
  expect({ line, code: ended.code, stderr: ended.stderr }).toEqual({ line, code: 0, stderr: '' });
  return ended;
}

const SERVICE =
  'service create crm --token-url https://crm.example/token --rotation grace --grace-seconds 60 --scopes a,b --pkce no';

test('a client is created, listed, shown, changed, suspended, resumed and deleted', async () => {
  expect((await does('client create acme --email it@acme.example --locale fr-CH')).stdout).toContain(
    'Client acme was created.',
  );
  expect((await does('client edit acme --name Acme --email  --json')).json()).toMatchObject({
    clientId: 'acme',
    name: 'Acme',
    email: null,
    locale: 'fr-CH',
  });
  expect((await does('client suspend acme')).stdout).toContain('suspended');
  expect((await does('client list')).stdout).toMatch(/^CLIENT +NAME +EMAIL +STATE +CREATED\nacme +Acme +- +suspended /);
  expect((await does('client resume acme --json')).json()).toMatchObject({ suspendedAt: null });
  expect((await does('client show acme')).stdout).toMatch(/^client id +acme$/m);
  expect((await does('client delete acme --yes')).stdout).toBe('Client acme was deleted.\n');
  expect((await does('client list --json')).json()).toEqual({ items: [], nextCursor: null });
});

test('a service is created, given its apps, changed, suspended, resumed and deleted', async () => {
  const file = path.join(dataDir, 'secret');
  writeFileSync(file, 'first-secret\n');
  expect((await does(`${SERVICE} --json`)).json()).toMatchObject({
    name: 'crm',
    scopes: ['a', 'b'],
    graceSeconds: 60,
    pkce: false,
  });
  const app = await does(
    `service app crm --client-id 77 --client-secret-file ${file} --client-secret-file - --json`,
    'x',
  );
  expect(app.json()).toMatchObject({ service: 'crm', owner: '-', clientId: '77', secretCount: 2 });
  await does('client create own-app');
  expect((await does('service app crm --client own-app --client-id 78 --json', 'piped')).json()).toMatchObject({
    owner: 'own-app',
    secretCount: 1,
  });
  expect((await does('service edit crm --max-concurrent 4 --allowed-hosts crm.example --json')).json()).toMatchObject({
    maxConcurrent: 4,
    allowedHosts: ['crm.example'],
    graceSeconds: 60,
  });
  expect((await does('service edit crm --allowed-hosts  --json')).json()).toMatchObject({ allowedHosts: null });
  expect((await does('service show crm')).stdout).toMatch(/^app client id +77$/m);
  const unasked = await otobot(dataDir, words('service move crm --token-url https://login.crm.example/token'));
  expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('--yes')]);
  const moved = await does('service move crm --token-url https://login.crm.example/token --yes --json');
  expect(moved.json()).toMatchObject({ tokenUrl: 'https://login.crm.example/token', resealed: 2, unopened: 0 });
  await does('service suspend crm');
  expect((await does('service list')).stdout).toMatch(/^crm .* suspended /m);
  await does('service resume crm');
  await does('client delete own-app --yes');
  await does('service delete crm --yes');
  expect((await does('service list')).stdout).toBe('There are no services yet. Add one with: otobot service create\n');
});

test('a connection is imported, found by name or id, disabled, enabled and deleted', async () => {
  await does('client create globex');
  await does('service create mail --token-url https://mail.example/token');
  await does('service create maps --oauth-type api_key');
  await does('service app mail --client-id 77', 'secret');
  const tokens = JSON.stringify({ accessToken: 'at', refreshToken: 'rt' });
  const imported = (await does('connection import globex mail --expires 50m --json', tokens)).json();
  expect(imported).toMatchObject({ clientId: 'globex', service: 'mail', status: 'active', renewable: true });
  await does('connection import - maps --name second', '{"apiKey":"k"}');

  const list = await does('connection list');
  expect(list.stdout).toMatch(/^globex +mail +default +active +in (49|50) min +- +[0-9a-f-]{36}$/m);
  expect(list.stdout).toMatch(/^- +maps +second +active +never +- +[0-9a-f-]{36}$/m);
  expect((await does('connection list --client - --json')).json()).toMatchObject({ items: [{ service: 'maps' }] });
  expect((await does('connection show globex/mail --json')).json()).toMatchObject({ id: imported.id, history: [] });
  expect((await does(`connection show ${String(imported.id)} --json`)).json()).toMatchObject({ id: imported.id });
  expect((await does('connection show /maps/second --json')).json()).toMatchObject({ clientId: '-', name: 'second' });
  expect((await does('connection disable globex/mail --json')).json()).toMatchObject({ status: 'disabled' });
  expect((await does('connection enable globex/mail --json')).json()).toMatchObject({ status: 'active' });
  expect((await does('connection history globex/mail')).stdout).toContain('No attempt to refresh it is known.');
  // Nothing refreshes here.
  expect((await does('connection refresh globex/mail')).stdout).toContain('otobot refresh');
  expect((await does('connection delete globex/mail --yes --json')).json()).toEqual({
    id: imported.id,
    revocation: 'unsupported',
  });
});

test('an access key is created, listed, changed, rerolled and revoked, and its text is shown only by what makes it', async () => {
  const made = await does(
    'access-key create --preset n8n --clients acme,globex --expires 90d --rate-per-minute 60 --quota-per-day 5',
  );
  expect(made.stdout).toMatch(/^ {2}otb_live_\w+$/m);
  const id = /^id +(\w+)$/m.exec(made.stdout)?.[1] ?? '';
  const list = await does('access-key list');
  expect(list.stdout).toMatch(new RegExp(`^${id} +n8n +n8n +acme globex +all +active +in \\d+ days +never$`, 'm'));
  expect((await does(`access-key edit ${id} --all-clients --expires never --json`)).json()).toMatchObject({
    clientIds: null,
    expiresAt: null,
    limits: { ratePerMinute: 60, quotaPerDay: 5 },
  });
  expect((await does(`access-key edit ${id} --quota-per-day  --quota-per-month 90 --json`)).json()).toMatchObject({
    limits: { ratePerMinute: 60, quotaPerMonth: 90 },
  });
  const shown = await does(`access-key show ${id}`);
  expect(shown.stdout).toMatch(/^limits quota per month +90$/m);
  expect(shown.stdout).toMatch(/^used today +0$/m);
  const next = (await does(`access-key reroll ${id} --grace 24h --json`)).json();
  expect(next.key).toMatch(/^otb_live_\w+$/);
  await does(`access-key revoke ${String(next.id)} --yes --reason leaked`);
  const after = (await does('access-key list --json')).stdout;
  expect(JSON.parse(after)).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ id: next.id, revokedReason: 'leaked' })]) as unknown,
  });
  for (const text of [list.stdout, after]) expect(text).not.toMatch(/otb_live_\w{30}/);
});

test('an organization is created and listed, and what it holds is its own', async () => {
  await does('organization create north --display-name North');
  await does('client create only-north --organization north');
  expect((await does('organization list')).stdout).toMatch(/^north +North +active /m);
  expect((await does('client list --json')).stdout).not.toContain('only-north');
  expect((await does('client list --json --organization north')).json()).toMatchObject({
    items: [{ clientId: 'only-north' }],
  });
});

test('who did what is listed, and written out in full', async () => {
  await does('client create audited');
  const listed = (await does('audit list --client audited --since 1h --action client.create --json')).json();
  expect(listed.items).toMatchObject([{ action: 'client.create', actor: 'operator', clientId: 'audited' }]);
  expect((await does('audit list --client audited')).stdout).toMatch(/operator +client\.create +admitted +audited/);
  const { stdout } = await does('audit export --client audited');
  const written = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { action: string });
  // Each of these commands is there itself, before it reads.
  expect(written.map(({ action }) => action)).toEqual(['client.create', 'audit.read', 'audit.read', 'audit.export']);
  expect((await does('audit export --client audited --format csv')).stdout).toMatch(/^occurredAt,action,/);
});

test('which workflows used a connection is told', async () => {
  await does('client create using');
  await does('service create used-by --oauth-type api_key');
  await does('connection import using used-by', '{"apiKey": "k"}');
  expect((await does('connection usage using/used-by --since 7d')).stdout).toMatch(
    /^Its credential was not released since /,
  );
});

test('a webhook is created, listed, shown, changed, given another secret, replayed and deleted', async () => {
  const made = await does('webhook create https://hooks.example/in --events connection.revoked --json');
  const { id, secret } = made.json() as { id: string; secret: string };
  expect(secret).toMatch(/^whsec_/);
  expect((await does('webhook list')).stdout).toMatch(
    /^URL +STATUS +LAST TAKEN +ID *\nhttps:\/\/hooks\.example\/in +active +never /,
  );
  expect((await does(`webhook edit ${id} --events  --enabled no --json`)).json()).toMatchObject({
    ...{ events: null, status: 'disabled', disabledReason: 'switched_off' },
  });
  const rotated = (await does(`webhook rotate-secret ${id} --grace 1h`)).stdout;
  expect(rotated).toMatch(/^The signing secret, shown only this once:\n\n {2}whsec_/);
  expect(rotated).not.toContain(secret);
  expect((await does(`webhook show ${id}`)).stdout).toMatch(/^previous secret until +\d{4}/m);
  expect((await does(`webhook deliveries ${id}`)).stdout).toBe('Nothing was sent to it so far.\n');
  expect((await does(`webhook replay ${id} --since 1h`)).stdout).toMatch(/^\d+ events are sent once more\.\n$/);
  expect((await does(`webhook delete ${id} --yes`)).stdout).toBe(`Webhook ${id} was deleted.\n`);
});
