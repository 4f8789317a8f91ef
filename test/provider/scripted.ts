import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Entry, Issued, Mode } from '../../provider/scripted/provider.cjs';

/** The scriptable provider as a program of its own, told what to do over HTTP. */
const PROGRAM = path.resolve(__dirname, '..', '..', 'provider', 'scripted.cjs');
export const APP = { id: 'app', secret: 'a-secret' };
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

export let url: string;

/** One for the tests of a file, without faults and modes at the beginning of each. */
export function useProvider(): void {
  let child: ChildProcess;
  beforeAll(async () => {
    // The largest seed that the storm draws.
    const options = ['--port', '0', '--seed', `${2 ** 31 - 1}`, '--client-id', APP.id, '--client-secret', APP.secret];
    child = fork(PROGRAM, options, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    [{ url }] = (await once(child, 'message')) as [{ url: string }];
  });
  afterAll(async () => {
    const ended = once(child, 'exit');
    child.disconnect();
    await ended;
  });
  afterEach(() => tell('reset'));
}

/** Gives it a command; throws with its complaint. */
export async function tell<T = unknown>(command: string, argument: unknown = {}): Promise<T> {
  const response = await fetch(`${url}/control/${command}`, { method: 'POST', body: JSON.stringify(argument) });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}
export const consent = (mode: Mode = [], more = {}): Promise<Issued> => tell<Issued>('issue', { mode, ...more });
export const advance = (advanceMs: number): Promise<unknown> => tell('clock', { advanceMs });
export const lastEntry = async (): Promise<Entry | undefined> => (await tell<Entry[]>('journal')).at(-1);

export interface Heard {
  status: number;
  type: string | null;
  retryAfter: string | null;
  text: string;
  body: Record<string, unknown>;
}
export async function hear(response: Response): Promise<Heard> {
  const text = await response.text();
  const type = response.headers.get('content-type');
  const body = type?.includes('json')
    ? (JSON.parse(text) as Heard['body'])
    : Object.fromEntries(new URLSearchParams(text));
  return { status: response.status, type, retryAfter: response.headers.get('retry-after'), text, body };
}
export const CLIENT_IN_BODY = { client_id: APP.id, client_secret: APP.secret };
export const ask = async (
  parameters: Record<string, string>,
  { at = '/token', json = false, signal = null as AbortSignal | null } = {},
) =>
  hear(
    await fetch(url + at, {
      method: 'POST',
      body: json ? JSON.stringify(parameters) : new URLSearchParams(parameters),
      ...(json ? { headers: { 'content-type': 'application/json' } } : {}),
      signal,
    }),
  );
export const refresh = (refreshToken: string, more = {}) =>
  ask({ ...CLIENT_IN_BODY, grant_type: 'refresh_token', refresh_token: refreshToken }, more);
export const get = async (at: string, parameters: Record<string, string>) =>
  hear(await fetch(`${url}${at}?${new URLSearchParams(parameters).toString()}`, { redirect: 'manual' }));
export const isAlive = async (token: unknown): Promise<unknown> =>
  (await ask({ token: String(token) }, { at: '/introspect' })).body.active;

export const REFUSED = { status: 400, body: { error: 'invalid_grant' } };
