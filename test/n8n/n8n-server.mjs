// n8n as a server, driven as its editor does.
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

import { editorStream } from './editor-stream.mjs';
import { freePort } from './free-port.mjs';
import { start, stop } from './processes.mjs';

const READY_WITHIN_MS = 120_000;
const RUN_WITHIN_MS = 120_000;
/** n8n ties a session to a browser by this header. */
const BROWSER = { 'browser-id': 'otobot-test' };

/** Starts the server and signs its first owner in. @param port where null, a free one */
export async function n8nServer({ installation, env, port = null, owner = null }) {
  port ??= await freePort();
  const url = `http://127.0.0.1:${port}`;
  const settings = { ...env, N8N_PORT: String(port), N8N_SECURE_COOKIE: 'false', N8N_PUSH_BACKEND: 'sse' };
  const server = start(installation.node, [installation.n8n, 'start'], { cwd: env.N8N_USER_FOLDER, env: settings });
  try {
    await ready(server, url);
    const account = owner ?? newOwner();
    const cookie = await signIn(url, account, owner === null);
    const { parse } = createRequire(installation.n8n)('flatted');
    const editor = await editorStream(url, { ...BROWSER, cookie });
    const headers = { cookie, 'push-ref': editor.ref };
    const rest = (method, route, body) => call(`${url}/rest${route}`, method, body, headers).then(dataOf);
    return {
      ...{ url, port, owner: account, rest },
      get: (route) => call(`${url}${route}`, 'GET', undefined, { cookie }).then(({ body }) => body),
      log: () => server.output.text + server.output.errors,
      shown: editor.text,
      execute: (id) => execute(rest, parse, id),
      stop: () => Promise.all([editor.close(), stop(server)]),
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
    await sleep(100);
  }
  throw new Error(`n8n did not become ready:\n${server.output.text}\n${server.output.errors}`);
}

function newOwner() {
  const password = `Aa1${randomBytes(12).toString('hex')}`;
  return { email: 'owner@example.com', firstName: 'O', lastName: 'O', password };
}

async function signIn(url, owner, isNew) {
  const login = { emailOrLdapLoginId: owner.email, password: owner.password };
  const { headers } = await (isNew
    ? call(`${url}/rest/owner/setup`, 'POST', owner)
    : call(`${url}/rest/login`, 'POST', login));
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

/** Runs a workflow to its end. @returns `{status, nodes, text}`: nodes by name, each a list of runs with `items` and `error` */
async function execute(rest, parse, id) {
  const { nodes } = await rest('GET', `/workflows/${id}`);
  const trigger = nodes.find(({ type }) => /trigger$/i.test(type));
  const { executionId } = await rest('POST', `/workflows/${id}/run`, { triggerToStartFrom: { name: trigger.name } });
  const giveUpAt = Date.now() + RUN_WITHIN_MS;
  for (;;) {
    const execution = await rest('GET', `/executions/${executionId}`);
    if (!['new', 'running', 'waiting'].includes(execution.status)) return seenIn(execution, parse);
    if (Date.now() > giveUpAt) throw new Error(`the workflow "${id}" is still ${execution.status}`);
    await sleep(50);
  }
}

function seenIn({ id, status, data }, parse) {
  const { resultData } = parse(data);
  const nodes = {};
  for (const [name, runs] of Object.entries(resultData.runData ?? {})) {
    nodes[name] = runs.map(({ data: output, error }) => ({ items: output?.main?.flat() ?? [], error }));
  }
  return { id, status, nodes, error: resultData.error, text: data };
}

async function call(url, method, body, headers = {}) {
  const response = await fetch(url, {
    method,
    headers: {
      ...BROWSER,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return { headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

function dataOf({ body }) {
  return body.data ?? body;
}
