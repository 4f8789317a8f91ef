import type { Request, Response } from 'express';
import type { BrowserSecret } from '../../services/connect/start';

const MAX_AGE_SECONDS = 600;

/**
 * Each attempt has a cookie of its own. On https it is a __Host- cookie: no other host of the domain can set it, and it never leaves by http.
 * Plain http is possible on loopback only, where browsers accept no Secure cookies. Lax, because the provider sends the browser back by a link.
 */
export function setBrowserCookie(response: Response, publicUrl: string, { attempt, secret }: BrowserSecret): void {
  const secure = publicUrl.startsWith('https:');
  const attributes = [
    'Path=/',
    'HttpOnly',
    'SameSite=Lax',
    `Max-Age=${MAX_AGE_SECONDS}`,
    ...(secure ? ['Secure'] : []),
  ];
  response.append('Set-Cookie', [`${nameOf(publicUrl, attempt)}=${secret}`, ...attributes].join('; '));
}

/** The secret of an attempt, or null where this browser did not start it. */
export function browserCookie(request: Request, publicUrl: string, attempt: string): string | null {
  const wanted = `${nameOf(publicUrl, attempt)}=`;
  const found = (request.get('cookie') ?? '').split(/; */).find((cookie) => cookie.startsWith(wanted));
  return found?.slice(wanted.length) ?? null;
}

const nameOf = (publicUrl: string, attempt: string): string =>
  `${publicUrl.startsWith('https:') ? '__Host-' : ''}otobot-${attempt}`;
