import { createHash } from 'node:crypto';

import { html, Html, type Content } from './html';
import { ICONS } from './icons';
import type { Brand, Language, Page } from './models';
import { originOf } from './origins';
import { stylesheet } from './stylesheet';
import { TEXTS } from './texts';

export interface Framed {
  status: number;
  language: Language;
  /** Null where nothing may tell whose page this is. */
  brand: Brand | null;
  title: string;
  /** What else belongs into the head. */
  head?: Content;
  content: Content;
  footer: Content;
  /** Where else than to ourselves the page's form may lead. */
  formOrigin: string | null;
}

/** A whole document and the policy that belongs to it: no script at all, and no style but ours. */
export function framed({ status, language, brand, title, head = null, content, footer, formOrigin }: Framed): Page {
  const style = stylesheet(brand?.color ?? null);
  const logoOrigin = originOf(brand?.logoUrl ?? null, ['https:']);
  const document = html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${head} ${new Html(`<style>${style}</style>`)}
      </head>
      <body>
        ${brand && html`<header>${mark(brand, logoOrigin !== null)}<span>${brand.name}</span></header>`}
        <main>${content}</main>
        <footer>
          ${footer}
          <p class="promise">${ICONS.lock}<span>${TEXTS[language].promise}</span></p>
        </footer>
      </body>
    </html> `;
  const contentSecurityPolicy = [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    `img-src ${logoOrigin ?? "'none'"}`,
    `form-action ${["'self'", ...(formOrigin === null ? [] : [formOrigin])].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
  return { status, html: document.markup, contentSecurityPolicy };
}

// Beside the name, so that neither says anything to a screen reader.
function mark({ name, logoUrl }: Brand, withLogo: boolean): Html {
  if (withLogo && logoUrl !== null) return html`<img class="logo" src="${logoUrl}" alt="" width="40" height="40" />`;
  return html`<span class="tile" aria-hidden="true">${initialOf(name)}</span>`;
}

function initialOf(name: string): string {
  return /[\p{L}\p{N}]/u.exec(name)?.[0].toUpperCase() ?? '•';
}
