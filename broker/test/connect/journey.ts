import { createHash } from 'node:crypto';
import type { Browser, Seen } from './browser';
import { outcomeOf } from './browser';
import type { Invited, Scene } from './scene';

/** On the way to the provider. */
export interface Departure {
  /** The authorization request, as the browser carries it. */
  request: URL;
  state: string;
  challenge: string | null;
  /** Of the callback, without its query. */
  callback: string;
}

/** Opens the page and presses its button. */
export async function depart(browser: Browser, { path }: Pick<Invited, 'path'>): Promise<Departure> {
  const page = await browser.go(path);
  if (page.status !== 200) throw new Error(`the page of the link: ${page.status} ${String(outcomeOf(page))}`);
  return departureOf(await browser.submit(path));
}

export function departureOf(seen: Seen): Departure {
  if (seen.leadsTo === null) throw new Error(`does not lead on: ${seen.status} ${String(outcomeOf(seen))}`);
  const request = new URL(seen.leadsTo);
  const parameter = (name: string): string => request.searchParams.get(name) ?? '';
  return {
    request,
    state: parameter('state'),
    challenge: request.searchParams.get('code_challenge'),
    callback: new URL(parameter('redirect_uri')).pathname,
  };
}

/** The way back, with a code that the provider has just made for this request, unless told otherwise; null leaves a parameter out. */
export function wayBack(
  { provider }: Pick<Scene, 'provider'>,
  { callback, state, challenge }: Departure,
  given: Record<string, string | null> = {},
): string {
  const code = 'code' in given || 'error' in given ? {} : { code: provider.issueCodeFor(challenge) };
  const whole: Record<string, string | null> = { state, ...code, ...given };
  const parameters = Object.entries(whole).filter((entry): entry is [string, string] => entry[1] !== null);
  return `${callback}?${new URLSearchParams(parameters).toString()}`;
}

/** All of it, in one browser. */
export async function connect(scene: Scene, browser: Browser, link: Pick<Invited, 'path'>): Promise<Seen> {
  return browser.go(wayBack(scene, await depart(browser, link)));
}

export const s256 = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

/** The connections of a client, as the operator sees them. */
export async function connectionsOf({ ask }: Scene, clientId: string): Promise<Record<string, unknown>[]> {
  return (await ask(`GET /v1/connections?clientId=${clientId}`)).json.items as Record<string, unknown>[];
}

/** Of the link: `open`, `used`, `revoked` or `expired`. */
export async function statusOf({ ask }: Scene, { id }: Invited): Promise<unknown> {
  const items = (await ask('GET /v1/connect-links?limit=500')).json.items as { id: string; status: string }[];
  return items.find((link) => link.id === id)?.status;
}
