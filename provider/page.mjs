// One look for every page of the provider: no script, no font or image from elsewhere.
import { createHash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark; --ink: #1c1f26; --dim: #565d6b; --paper: #f3f4f7; --card: #fff; --line: #d3d7df; --act: #0b5f4e; --on-act: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceef2; --dim: #a9b0bd; --paper: #14161b; --card: #1d2027; --line: #3a404c; --act: #6fd8bf; --on-act: #0b1f1a; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 24px 16px 48px; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 26rem; margin: 0 auto; }
main.wide { max-width: 62rem; }
.note { margin: 0 0 16px; color: var(--dim); font-size: .875rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 24px; margin-bottom: 16px; overflow-x: auto; }
h1 { font-size: 1.375rem; line-height: 1.25; margin: 0 0 8px; }
h2 { font-size: 1.0625rem; margin: 0 0 12px; }
p { margin: 0 0 16px; }
ul { margin: 0 0 20px; padding-left: 1.25rem; }
small, .dim { color: var(--dim); }
code { font: .875em ui-monospace, monospace; overflow-wrap: anywhere; }
button { font: inherit; font-weight: 600; min-height: 44px; padding: 8px 18px; border-radius: 10px; border: 1px solid var(--act); cursor: pointer;
  background: var(--act); color: var(--on-act); }
button.quiet { background: transparent; color: var(--ink); border-color: var(--line); }
button.account { display: block; width: 100%; margin-bottom: 10px; text-align: left; background: transparent; color: var(--ink); border-color: var(--line); }
button.account small { display: block; font-weight: 400; }
button:focus-visible, a:focus-visible, input:focus-visible, select:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
a { color: var(--act); }
.choices { display: flex; gap: 10px; flex-wrap: wrap; margin-bottom: 16px; }
label { display: inline-block; margin-right: 16px; }
input, select { font: inherit; min-height: 44px; padding: 6px 10px; border: 1px solid var(--dim); border-radius: 8px; background: var(--card); color: var(--ink); }
input[type=number] { width: 7rem; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th, td { text-align: left; padding: 8px 16px 8px 0; border-top: 1px solid var(--line); vertical-align: middle; }
th { border-top: 0; font-weight: 600; color: var(--dim); }
`;

// No form-action: browsers apply it to the redirect after the form too, and that leads back to the broker, wherever it is.
const POLICY = [
  "default-src 'none'",
  'img-src data:',
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** Text that is markup already. */
class Html {
  constructor(text) {
    this.text = text;
  }
}

// Made in one piece: a space more, and the text would not be the one whose hash the policy names.
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);

/** Template tag: whatever is put in is escaped, unless it is made by this tag itself; lists are joined, null is nothing. */
export function html(strings, ...values) {
  return new Html(strings.reduce((text, string, index) => text + markup(values[index - 1]) + string));
}

function markup(value) {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(markup).join('');
  return String(value ?? '').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A whole page: `body` is made by `html`. */
export function page({ title, body, isWide = false }) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="data:," />
        <title>${title} · loopback provider</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main class="${isWide ? 'wide' : 'narrow'}">
          <p class="note">This is a loopback provider for trying out Otobot. Nothing here is real.</p>
          ${body}
        </main>
      </body>
    </html>`.text;
}

export function sendPage(response, text, status = 200) {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICY,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}
