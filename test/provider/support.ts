import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';

const PROGRAM = path.resolve(__dirname, '..', '..', 'provider', 'run.mjs');

export interface Knobs {
  accessTokenSeconds: number;
  failing: { how: string; times: number };
  grants: { grantId: string; accountId: string; scope: string; status: string }[];
  tokenCalls: { grantType: string | null; accountId: string | null; status: number; error: string | null }[];
}

/** `npm run provider` as a process of its own, and its knobs. */
export interface LoopbackProvider {
  url: string;
  clientId: string;
  clientSecret: string;
  state(): Promise<Knobs>;
  /** Sets one or more of accessTokenSeconds, fail and times. Gives the status that was answered. */
  turn(knobs: Record<string, string | number>): Promise<number>;
  /** Takes back every consent of an account. */
  revoke(accountId: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startLoopbackProvider(args: readonly string[] = []): Promise<LoopbackProvider> {
  const child = spawn(process.execPath, [PROGRAM, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const greeting = await firstOutput(child);
  const url = /Token URL +(\S+)\/token/.exec(greeting)?.[1] ?? '';
  const post = (route: string, form: Record<string, string> = {}) =>
    fetch(`${url}${route}`, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
  const state = async () => (await (await fetch(`${url}/state`)).json()) as Knobs;
  return {
    url,
    clientId: /Client id +(\S+)/.exec(greeting)?.[1] ?? '',
    clientSecret: /Client secret +(\S+)/.exec(greeting)?.[1] ?? '',
    state,
    turn: async (knobs) => {
      const form = Object.entries(knobs).map(([name, value]) => [name, String(value)]);
      return (await post('/knobs', Object.fromEntries(form) as Record<string, string>)).status;
    },
    revoke: async (accountId) => {
      const { grants } = await state();
      for (const grant of grants)
        if (grant.accountId === accountId && grant.status === 'live') await post(`/grants/${grant.grantId}/revoke`);
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** What the program says when it listens; fails with its complaint when it ends instead. */
async function firstOutput(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let complaint = '';
    let greeting = '';
    child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    child.stdout?.on('data', (chunk: Buffer) => {
      greeting += chunk.toString();
      if (greeting.includes('Ctrl-C')) resolve(greeting);
    });
    child.once('exit', (status) => {
      reject(new Error(`the provider ended with ${status ?? 'a signal'}: ${complaint}`));
    });
  });
}

/** A browser's part of a sign-in, by fetch: follows redirects on the provider and keeps its cookies, by path as a browser does. */
export class Visitor {
  private readonly cookies = new Map<string, { pair: string; path: string }>();

  async request(url: string, form?: Record<string, string>): Promise<Response> {
    const { pathname } = new URL(url);
    const sent = [...this.cookies.values()].filter((cookie) => pathname.startsWith(cookie.path));
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: sent.map(({ pair }) => pair).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', name = ''] = /^([^=]+)=[^;]*/.exec(line) ?? [];
      const path = /path=([^;]+)/i.exec(line)?.[1] ?? '/';
      this.cookies.set(`${name} ${path}`, { pair, path });
    }
    return response;
  }

  /** Where a request led, as far as it was a redirect. */
  async destination(url: string, form?: Record<string, string>): Promise<URL> {
    const response = await this.request(url, form);
    return new URL(response.headers.get('location') ?? `?status=${response.status}`, url);
  }
}

export interface Pkce {
  verifier: string;
  challenge: string;
}

export function createPkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}
