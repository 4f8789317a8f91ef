// Draws docs/images/n8n from a real n8n: the workflows of examples/ and the panels of our nodes. Needs a Chromium (CHROMIUM=…).
// With names (`node scripts/n8n-screenshots.mjs credential drop-down`) it draws only these.
// The broker, its clients and n8n are those of the end-to-end test, and gone afterwards.
import fs from 'node:fs';
import path from 'node:path';

import { chromium } from 'playwright-core';

import { openStage } from '../test/n8n/stage.mjs';

const root = path.resolve(import.meta.dirname, '..');
const FOLDER = path.join(root, 'docs', 'images', 'n8n');
const EXAMPLES = ['many-clients', 'client-report', 'reconnect-reminder', 'off-boarding'];
const CLIENTS = { acme: 'Acme Ltd', globex: 'Globex', initech: 'Initech' };
const CREDENTIAL = { id: 'otobot', name: 'Otobot' };

const cleanups = [];
try {
  const stage = await openStage({ say: console.log, onEnd: (undo) => cleanups.push(undo) });
  await furnish(stage);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--disable-gpu', '--no-first-run', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
  cleanups.push(() => browser.close());
  fs.mkdirSync(FOLDER, { recursive: true });
  await draw(stage.n8n, await signedIn(browser, stage.n8n));
} finally {
  for (const undo of cleanups.reverse()) await Promise.resolve(undo()).catch((error) => console.error(error.message));
}

async function furnish({ broker, connect, credential, n8n, service }) {
  await service('shop', { displayName: 'Shop', oauthType: 'oauth2', allowedHosts: ['127.0.0.1'] });
  for (const [clientId, name] of Object.entries(CLIENTS)) {
    await connect(clientId, { service: 'shop' });
    await broker.call('PATCH', `/v1/clients/${clientId}`, { name, email: `accounts@${clientId}.example` });
  }
  const otobot = credential(CREDENTIAL.id, { clientId: '={{ $json.clientId }}', service: 'shop' });
  await n8n.importCredentials([
    { ...otobot, name: CREDENTIAL.name },
    // The editor tests a credential by itself only where no field is an expression.
    { ...credential('otobot-acme', { clientId: 'acme', service: 'shop' }), name: 'Otobot, Acme' },
    { id: 'smtp', name: 'SMTP', type: 'smtp', data: { host: '127.0.0.1', port: 25 } },
    { id: 'otobot-operator', name: 'Otobot operator key', type: 'httpHeaderAuth', data: { name: 'Authorization' } },
  ]);
  await n8n.importWorkflows([...EXAMPLES.map(example), panels()]);
  await n8n.start();
}

function example(id) {
  return { ...JSON.parse(fs.readFileSync(path.join(root, 'examples', `${id}.json`), 'utf8')), id };
}

/** Each of our nodes, to open. */
function panels() {
  const node = (name, type, typeVersion, parameters, at) => ({
    ...{ id: name, name, type: `n8n-nodes-otobot.${type}`, typeVersion, parameters, position: [at * 240, 0] },
    ...{ credentials: { otobotDatabaseApi: CREDENTIAL }, webhookId: `panel-${at}` },
  });
  const named = (value) => ({ __rl: true, mode: 'list', value, cachedResultName: CLIENTS[value] ?? 'Shop' });
  return {
    ...{ id: 'panels', name: 'Otobot', connections: {}, settings: { executionOrder: 'v1' }, active: false },
    nodes: [
      node('Trigger', 'otobotTrigger', 1, {}, 0),
      node('Fetcher', 'otobotCredentialFetcher', 1.1, { resource: 'connection', operation: 'getStatus' }, 1),
      node('Request', 'otobotApiRequest', 1, { clientId: named('acme'), service: named('shop'), url: '/v1/orders' }, 2),
    ],
  };
}

async function signedIn(browser, { url, owner }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  await page.goto(`${url}/signin`);
  await page.locator('input[type=email], input[name=emailOrLdapLoginId]').first().fill(owner.email);
  await page.locator('input[type=password]').fill(owner.password);
  await page.locator('[data-test-id=form-submit-button], form button').first().click();
  await page.waitForURL((at) => !at.pathname.startsWith('/signin'));
  return page;
}

async function draw(n8n, page) {
  const shot = async (name) => {
    await page.mouse.move(5, 715);
    await page.waitForTimeout(600); // n8n moves what it opens into place
    await page.screenshot({ path: path.join(FOLDER, `${name}.png`) });
    console.log(name);
  };
  const only = process.argv.slice(2);
  const one = async (name, steps) => {
    if (only.length > 0 && !only.includes(name)) return;
    try {
      await steps();
      await shot(name);
    } catch (error) {
      process.exitCode = 1;
      console.error(`${name}: ${error.message}`);
      await page.screenshot({ path: path.join(FOLDER, `failed-${name}.png`) });
    }
  };
  for (const id of EXAMPLES) await one(id, () => openWorkflow(page, n8n, id));
  for (const name of ['Trigger', 'Fetcher', 'Request']) {
    await one(`node-${name.toLowerCase()}`, () => openPanel(page, n8n, name));
  }
  await one('drop-down', async () => {
    await openPanel(page, n8n, 'Fetcher');
    await page.getByPlaceholder('Select a client…').first().click();
    await page.getByText('Initech').first().waitFor();
  });
  await one('credential', async () => {
    await page.goto(`${n8n.url}/home/credentials/otobot-acme`);
    await page.getByText('Connection tested successfully').first().waitFor();
  });
}

async function openPanel(page, n8n, name) {
  await openWorkflow(page, n8n, 'panels');
  await page.locator('[data-test-id=canvas-node]', { hasText: name }).first().dblclick();
  await page.locator('[data-test-id=ndv], [data-test-id=node-parameters]').first().waitFor();
}

async function openWorkflow(page, { url }, id) {
  await page.goto(`${url}/workflow/${id}`);
  await page.locator('[data-test-id=canvas-node]').first().waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('1'); // fits the workflow into the view
}
