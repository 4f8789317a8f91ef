// The same n8n as a server, for what only its editor does.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from './free-port.mjs';
import { start, stop } from './processes.mjs';

const READY_WITHIN_MS = 120_000;

/** Starts the server and signs its first owner in. @returns `testCredential(credential)`: what the Test button shows */
export async function n8nServer({ installation, host }) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { ...host.env, N8N_PORT: String(port), N8N_SECURE_COOKIE: 'false' };
  const server = start(installation.node, [installation.n8n, 'start'], { cwd: host.env.N8N_USER_FOLDER, env });
  try {
    await ready(server, url);
    const cookie = await signIn(url);
    return {
      testCredential: async (credential) =>
        (await post(`${url}/rest/credentials/test`, { credentials: credential }, { cookie })).body.data,
      stop: () => stop(server),
    };
  } catch (error) {
    await stop(server);
    throw error;
  }
}

async function ready(server, url) {
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  while (Date.now() < giveUpAt && server.child.exitCode === null) {
    const answer = await fetch(`${url}/healthz/readiness`).catch(() => null);
    if (answer?.ok) return;
    await sleep(200);
  }
  throw new Error(`n8n did not become ready:\n${server.output.text}\n${server.output.errors}`);
}

async function signIn(url) {
  const owner = {
    email: 'owner@example.com',
    firstName: 'O',
    lastName: 'O',
    password: `Aa1${randomBytes(12).toString('hex')}`,
  };
  const { headers } = await post(`${url}/rest/owner/setup`, owner);
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

async function post(url, body, headers = {}) {
  const response = await fetch(url, {
    method: 'POST',
    // n8n ties a session to a browser by this header.
    headers: { 'content-type': 'application/json', 'browser-id': 'otobot-test', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return { headers: response.headers, body: JSON.parse(text) };
}
