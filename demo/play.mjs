// The parts of the play, each a real program on this machine: the provider at which the clients have accounts, and the broker.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { startBroker } from '../test/n8n/broker-process.mjs';
import { start, stop } from '../test/n8n/processes.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const PROVIDER_WITHIN_MS = 30_000;
/** So short that a refresh can be watched: due at half of it. */
export const TOKEN_SECONDS = 20;

/** A folder that is gone afterwards. */
export function stageFolder(onEnd) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'otobot-demo-'));
  onEnd(() => fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return (name) => (fs.mkdirSync(path.join(folder, name), { mode: 0o700 }), path.join(folder, name));
}

/** @returns the provider of `npm run provider`: `{url, state(), revoke(account), me(token)}` */
export async function openProvider(onEnd) {
  const program = path.join(root, 'provider', 'run.mjs');
  const args = [program, '--port', '0', '--seconds', String(TOKEN_SECONDS)];
  const running = start(process.execPath, args);
  onEnd(() => stop(running));
  const url = await until('the provider did not start', PROVIDER_WITHIN_MS, () => {
    if (running.child.exitCode !== null) throw new Error(`the provider has ended:\n${running.output.errors}`);
    return /(http:\/\/\S+?)\/auth\b/.exec(running.output.text)?.[1];
  });
  const state = async () => (await fetch(`${url}/state`)).json();
  return {
    url,
    /** What somebody does in the settings of his account: "remove access". */
    revoke: async (account) => {
      const { grants } = await state();
      const own = grants.filter(({ accountId, status }) => accountId === account && status === 'live');
      if (own.length === 0) throw new Error(`the provider knows no consent of ${account}`);
      for (const { grantId } of own)
        await fetch(`${url}/grants/${grantId}/revoke`, { method: 'POST', redirect: 'manual' });
    },
    /** Its API, which tells whose token that is; null: it is refused. */
    me: async (token) => {
      const response = await fetch(`${url}/api/me`, { headers: { authorization: `Bearer ${token}` } });
      return response.ok ? await response.json() : (await response.body?.cancel(), null);
    },
  };
}

/** @returns the broker, with `ask(method, route, body)` → `{status, body}`, which also tells of refusals */
export async function openBroker({ home, internalToken, onEnd }) {
  const program = path.join(root, 'broker', 'dist', 'bin', 'otobot.js');
  const broker = await startBroker({ program, folder: home('broker'), internalToken });
  onEnd(broker.stop);
  const ask = async (method, route, body) => {
    const response = await fetch(`${broker.url}${route}`, {
      method,
      headers: { authorization: `Bearer ${broker.key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, body: await response.json() };
  };
  return { ...broker, ask };
}

/** Looks until there is something. Throws with `what` when `withinMs` have passed. */
export async function until(what, withinMs, look) {
  for (const giveUpAt = Date.now() + withinMs; Date.now() < giveUpAt; await sleep(100)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`${what} within ${withinMs / 1000} s`);
}
