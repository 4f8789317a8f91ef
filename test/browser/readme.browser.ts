import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { createInstallation } from '../../broker/test/system/installation';
import { operatorOf } from '../../broker/test/system/operator';
import { until } from '../../broker/test/support/until';
import { startLoopbackProvider, type LoopbackProvider } from '../provider/support';
import { launchChromium } from './chromium';
import { freePort } from './free-port';
import { ALICE, arrive, BOB, connect, seePage } from './person';

const README = readFileSync(path.resolve(__dirname, '..', '..', 'README.md'), 'utf8');
const installation = createInstallation();
let browser: Browser;
let provider: LoopbackProvider;
beforeAll(async () => {
  browser = await launchChromium();
  // Shorter than in the README, so that this test need not wait a minute for a token to die.
  provider = await startLoopbackProvider(['--seconds', '10']);
});
afterAll(async () => {
  await browser.close();
  await installation.remove();
  await provider.stop();
});

test('the walk in the README does what it says, command by command, and in the browser', async () => {
  const broker = await installation.start('start', { PORT: String(await freePort()) });
  const operator = operatorOf(broker.url, broker.accessKey ?? '');
  const answers = await runCommands({ broker: broker.url, key: broker.accessKey ?? '' });
  expect(answers.find(({ clientId, accessToken }) => clientId === 'acme' && accessToken)).toBeDefined();
  const link = answers.find(({ url }) => url !== undefined);

  const person = await arrive(browser);
  await connect(person.page, link?.url ?? '', ALICE);
  await seePage(person.page, /Demo/);
  const first = (await operator('GET', '/v1/credentials/globex/demo')).json;
  expect(first.account).toEqual({ id: 'alice', label: 'alice@example.com' });

  await person.page.goto(provider.url);
  await person.page.getByRole('button', { name: 'Revoke what alice allowed' }).click();
  const refused = await until(
    'her consent is known to be gone',
    async () => {
      const { json } = await operator('GET', '/v1/credentials/globex/demo');
      return json.code === 'reauth_required' && json;
    },
    45_000,
  );
  await connect(person.page, String(refused.connectUrl), BOB);
  await person.page.getByText('bob@example.com').waitFor();
  expect((await operator('GET', '/v1/credentials/globex/demo')).json.code).toBe('reauth_required');
  await connect(person.page, String(refused.connectUrl), ALICE);
  await person.page.getByText('alice@example.com').waitFor();
  expect((await operator('GET', '/v1/credentials/globex/demo')).json).toMatchObject({
    connectionId: first.connectionId,
    account: { id: 'alice' },
  });
  expect(person.complaints).toEqual([]);
  await person.leave();
}, 120_000);

interface Answer {
  clientId?: string;
  accessToken?: string;
  url?: string;
}

/** Runs the commands of "Five minutes with curl", but those that start programs or never end. Gives the JSON that they printed. */
async function runCommands({ broker, key }: { broker: string; key: string }): Promise<Answer[]> {
  const [, section = ''] = /## Five minutes with curl\n([\s\S]*?)\n\*\*6\./.exec(README) ?? [];
  const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  const script = blocks
    .filter((block) => !/^(npm run provider|watch |while )/.test(block))
    .join('\n')
    .replace(/^export OTOBOT_KEY=.*$/m, `export OTOBOT_KEY='${key}'`)
    .replaceAll('http://127.0.0.1:3001', broker)
    .replaceAll('http://127.0.0.1:4010', provider.url);
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { timeout: 60_000 });
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Answer);
}
