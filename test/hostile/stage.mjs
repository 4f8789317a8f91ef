import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const OTOBOT = fileURLToPath(new URL('../../broker/dist/bin/otobot.js', import.meta.url));
const STARTS_WITHIN_MS = 120_000;
/** Honest readers are few and ask much; strangers are limited as ever. */
const RATE_LIMIT_PER_MINUTE = '1000000';
const MONTH_MS = 30 * 24 * 3_600_000;

/** `otobot start` in a folder of its own with an embedded PostgreSQL, and a credential that an honest reader may read. */
export async function setStage(home, closing) {
  const log = path.join(home, 'broker.log');
  const file = fs.openSync(log, 'a');
  const dataDir = path.join(home, 'data');
  const env = { PATH: process.env.PATH, PORT: '0', OTOBOT_DATA_DIR: dataDir, RATE_LIMIT_PER_MINUTE };
  const child = spawn(process.execPath, [OTOBOT, 'start'], { cwd: home, env, stdio: ['ignore', 'pipe', file] });
  fs.closeSync(file);
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
    const [code] = await ended;
    clearTimeout(timer);
    return code;
  };
  closing.push(stop);
  const { url, key } = await greeted(child);
  const ask = (method, route, body) => call(url, key, method, route, body);
  await ask('POST', '/v1/clients', { clientId: 'acme', name: 'Acme' });
  await ask('POST', '/v1/services', { name: 'crm', displayName: 'CRM', tokenUrl: 'https://crm.example/token' });
  const expiresAt = new Date(Date.now() + MONTH_MS).toISOString();
  const tokens = { accessToken: 'a'.repeat(2_000), expiresAt };
  await ask('POST', '/v1/connections', { clientId: 'acme', service: 'crm', ...tokens });
  const reader = await ask('POST', '/v1/access-keys', { name: 'reader', preset: 'n8n' });
  const rude = await ask('POST', '/v1/access-keys', { name: 'rude', preset: 'n8n' });
  return { url, port: Number(new URL(url).port), pid: child.pid, log, dataDir, reader, rude, stop };
}

async function greeted(child) {
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more) => (text += more));
  const deadline = performance.now() + STARTS_WITHIN_MS;
  while (!text.includes('Ctrl-C stops it.')) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(`the broker did not start: ${text}`);
    await delay(50);
  }
  return { url: /API +(http:\S+)/.exec(text)[1], key: /^ +(otb_live_\S+)$/m.exec(text)[1] };
}

async function call(url, key, method, route, body) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const response = await fetch(url + route, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${await response.text()}`);
  return await response.json();
}
