import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { OUTCOME_TEXTS } from '../../src/http/pages/outcome-texts';
import type { Outcome } from '../../src/http/pages/models';

/** What a browser was answered; redirects are not followed. */
export interface Seen {
  status: number;
  headers: Headers;
  html: string;
  /** Where the answer leads on to, by a redirect or by itself. */
  leadsTo: string | null;
}

/** Somebody's browser: a jar of cookies, an address of its own, and nothing else that a test could not see. */
export interface Browser {
  readonly jar: Map<string, string>;
  /** The Set-Cookie headers as they came. */
  readonly cookiesSet: string[];
  go(path: string, options?: Going): Promise<Seen>;
  /** A form as a page would send it. */
  submit(path: string, fields?: Record<string, string>, options?: Going): Promise<Seen>;
}

export interface Going {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

let opened = 0;

/** The address counts for the rate limit: each browser is a visitor of his own. */
export function openBrowser(brokerUrl: string): Browser {
  opened += 1;
  const address = `198.18.${Math.floor(opened / 250)}.${(opened % 250) + 1}`;
  const jar = new Map<string, string>();
  const cookiesSet: string[] = [];

  const go: Browser['go'] = async (path, { method = 'GET', headers = {}, body } = {}) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const sent = {
      'accept-language': 'en',
      'x-forwarded-for': address,
      ...(cookie === '' ? {} : { cookie }),
      ...headers,
    };
    const answer = await send(brokerUrl, path, { method, headers: sent, body });
    for (const line of answer.headers.getSetCookie()) {
      cookiesSet.push(line);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    return { ...answer, leadsTo: leadOf(answer.headers, answer.html) };
  };
  return {
    jar,
    cookiesSet,
    go,
    submit: (path, fields = {}, { headers = {}, ...options } = {}) =>
      go(path, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams(fields).toString(),
        ...options,
      }),
  };
}

/** Not by fetch, which sets headers of its own where a browser tells what a request is for. */
async function send(
  brokerUrl: string,
  path: string,
  { method, headers, body }: { method: string; headers: Record<string, string>; body: string | undefined },
): Promise<Omit<Seen, 'leadsTo'>> {
  const { hostname, port } = new URL(brokerUrl);
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const request = http.request({ hostname, port, path, method, agent: false, headers: { ...headers, ...length } });
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const received = new Headers();
  for (const [name, values] of Object.entries(response.headersDistinct))
    for (const value of values ?? []) received.append(name, value);
  return { status: response.statusCode ?? 0, headers: received, html: await text(response) };
}

function leadOf(headers: Headers, html: string): string | null {
  const refresh = /<meta http-equiv="refresh" content="0; url=([^"]*)"/.exec(html)?.[1];
  return headers.get('location') ?? (refresh === undefined ? null : unescaped(refresh));
}

export const headingOf = ({ html }: Seen): string => unescaped(/<h1>([^<]*)<\/h1>/.exec(html)?.[1] ?? '');

/** Which ending a page tells, by its heading; null: another page. */
export function outcomeOf(seen: Seen): Outcome | null {
  const { outcomes, someService, someSender } = OUTCOME_TEXTS.en;
  const heading = headingOf(seen);
  const service = ['CRM', 'Keyed', 'Basic', someService].find((name) => heading.includes(name)) ?? someService;
  const names = { service, sender: someSender };
  const found = (Object.keys(outcomes) as Outcome[]).find((outcome) => outcomes[outcome].title(names) === heading);
  return found ?? null;
}

export function unescaped(markup: string): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' };
  return markup.replace(/&(amp|lt|gt|quot|#39|#96);/g, (_whole, name: string) => characters[name] ?? '');
}
