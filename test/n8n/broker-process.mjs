// A real broker on a data folder of its own, and its HTTP interface under the operator's key.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from './free-port.mjs';
import { start, stop } from './processes.mjs';

const READY_WITHIN_MS = 90_000;

/** @param program path of otobot.js; @param folder an empty folder for its data */
export async function startBroker({ program, folder, internalToken }) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...withoutOtobot(process.env),
    PORT: String(port),
    OTOBOT_DATA_DIR: folder,
    INTERNAL_API_TOKEN: internalToken,
    OTOBOT_ALLOW_PRIVATE_PROVIDERS: 'true',
  };
  const broker = start(process.execPath, [program, 'start'], { env });
  const key = await firstKey(broker, url);
  return {
    url,
    call: (method, route, body) => call(url, key, method, route, body),
    log: () => broker.output.text + broker.output.errors,
    stop: async () => {
      await stop(broker);
      killLeftDatabase(folder);
    },
  };
}

async function firstKey(broker, url) {
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  while (Date.now() < giveUpAt && broker.child.exitCode === null) {
    const key = /otb_(live|test)_\w+/.exec(broker.output.text + broker.output.errors)?.[0];
    if (key !== undefined && (await isReady(url))) return key;
    await sleep(100);
  }
  await stop(broker);
  throw new Error(`the broker did not become ready:\n${broker.output.text}\n${broker.output.errors}`);
}

async function isReady(url) {
  return await fetch(`${url}/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function call(url, key, method, route, body) {
  const response = await fetch(`${url}${route}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${route} answered ${response.status}: ${text}`);
  return text === '' ? null : JSON.parse(text);
}

/** The database stops with its broker. Only after a broker that had to be killed is there one left. */
function killLeftDatabase(folder) {
  for (const file of fs.readdirSync(folder, { recursive: true })) {
    if (path.basename(file) !== 'postmaster.pid') continue;
    const pid = Number(fs.readFileSync(path.join(folder, file), 'utf8').split('\n')[0]);
    if (isWithin(pid, fs.realpathSync(folder))) process.kill(pid, 'SIGKILL');
  }
}

/** A pid in a file may by now belong to anybody. */
function isWithin(pid, folder) {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
  } catch {
    return false;
  }
}

/** The settings of whoever runs the test must not reach the broker under test. */
function withoutOtobot(env) {
  const own =
    /^(OTOBOT_|DATABASE_URL|ENCRYPTION_|INTERNAL_API_TOKEN|NODE_ENV|PUBLIC_URL|HOST$|PORT$|SMTP_URL|ALERT_|RATE_LIMIT_|TRUST_PROXY|LOG_LEVEL)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !own.test(name)));
}
