// A real broker on a data folder of its own, and its HTTP interface under the operator's key.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from './free-port.mjs';
import { mustRun, start, stop } from './processes.mjs';

const READY_WITHIN_MS = 90_000;
/** The operator's first key, which the first start shows, once. */
const KEY = /otb_(live|test)_\w+/;

/**
 * @param program path of otobot.js; @param folder an empty folder for its data
 * @returns the broker, running: `stop()` and `start()` interrupt it at the same address and with the same data;
 *   `command(...args)` runs the command line `otobot` on its data
 */
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
  const begin = () => start(process.execPath, [program, 'start'], { env });
  let broker = begin();
  let log = '';
  await ready(broker, url, (said) => KEY.test(said));
  const [key] = KEY.exec(saidBy(broker));
  const end = async () => {
    await stop(broker);
    killLeftDatabase(folder);
  };
  return {
    url,
    /** The operator's own key. */
    key,
    call: (method, route, body) => call(url, key, method, route, body),
    command: (...args) => mustRun(process.execPath, [program, ...args], { env }),
    /** All that it has said, but for its first key, which it is to show. */
    log: () => (log + saidBy(broker)).replaceAll(key, ''),
    stop: end,
    start: async () => {
      log += saidBy(broker);
      broker = begin();
      await ready(broker, url);
    },
  };
}

/** @param isEnough what is waited for in what it says, beside readiness */
async function ready(broker, url, isEnough = () => true) {
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  while (Date.now() < giveUpAt && broker.child.exitCode === null) {
    if (isEnough(saidBy(broker)) && (await isReady(url))) return;
    await sleep(100);
  }
  const said = saidBy(broker);
  await stop(broker);
  throw new Error(`the broker did not become ready:\n${said}`);
}

function saidBy({ output }) {
  return output.text + output.errors;
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
