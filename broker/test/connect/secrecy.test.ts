import { found, needle, type Needle } from '../system/needles';
import { takeAllTheWays, type Told } from './all-the-ways';
import { setScene } from './scene';

const told = {} as Told;
beforeAll(async () => {
  const scene = await setScene();
  Object.assign(told, { scene, secrets: new Map(), pages: [] });
  await takeAllTheWays(told);
}, 60_000);
afterAll(() => told.scene.close());

/** Also as the bytes that base64url stands for, which a database shows as hex. */
function needles(secrets: Map<string, string>): Needle[] {
  return [...secrets].flatMap(([name, secret]) => {
    const bytes = Buffer.from(secret, 'base64url').toString('hex');
    return [needle(name, secret), { name: `bytes of ${name}`, forms: [Buffer.from(bytes)] }];
  });
}

test('the walk met every secret that there is', () => {
  const kinds = new Set([...told.secrets.keys()].map((name) => name.replace(/ \d+$/, '')));
  expect([...kinds].sort()).toEqual([
    'API key',
    'MAC of the link',
    'access token',
    'client secret',
    'code',
    'code that failed',
    'code_verifier',
    'cookie',
    'link',
    'link for api_key',
    'link for basic',
    'misplaced',
    'password',
    'state',
  ]);
  for (const [name, secret] of told.secrets) expect([name, secret.length > 20]).toEqual([name, true]);
});

test('no log line holds a secret, at the level debug', () => {
  const logged = Buffer.from(told.scene.logged());
  expect(logged.toString()).toContain('page failed');
  expect(logged.toString()).toContain('/connect/:token');
  expect(found(needles(told.secrets), logged)).toEqual([]);
});

test('no row of any table, the audit among them, holds a secret', async () => {
  const { database } = told.scene;
  const { rows } = await database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const dumps = await Promise.all(
    rows.map(
      async ({ name }) => (await database.query<{ row: string }>(`select t::text as row from "${name}" t`)).rows,
    ),
  );
  const dump = Buffer.from(dumps.flatMap((table) => table.map(({ row }) => row)).join('\n'));
  expect(dump.toString()).toContain('https://agency.example/');
  expect(found(needles(told.secrets), dump)).toEqual([]);
});

test('no page repeats a secret but the link in its own form and buttons', () => {
  const links = new Set(['link', 'MAC of the link', 'link for api_key', 'link for basic']);
  const others = needles(new Map([...told.secrets].filter(([name]) => !links.has(name))));
  const shown = Buffer.from(told.pages.map(({ html }) => html).join('\n'));
  expect(shown.length).toBeGreaterThan(10_000);
  expect(found(others, shown)).toEqual([]);
  const ofLinks = needles(new Map([...told.secrets].filter(([name]) => links.has(name))));
  for (const { html } of told.pages) {
    const elsewhere = html.replace(/(action|href)="\/connect\/[\w-]+"/g, '');
    expect(found(ofLinks, Buffer.from(elsewhere))).toEqual([]);
  }
});

test('what a failing provider or database says is in no page', () => {
  const shown = told.pages.map(({ html }) => html).join('\n');
  for (const inner of ['account_label', 'does not exist', 'at Object.', 'node:internal', 'stack'])
    expect(shown).not.toContain(inner);
});
