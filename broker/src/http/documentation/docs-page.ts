import { createHash } from 'node:crypto';
import { PROBLEMS } from '../../errors/problem';
import { html, Html, type Content } from '../pages/html';
import { docsStylesheet } from './docs-stylesheet';
import { curlOf } from './curl';
import type { NamedSchemas } from './json-schema';
import { isPage, type OpenApi, type Operation, type Parameter } from './openapi';
import { membersOf, typeOf, type Member } from './members';

export interface DocsPage {
  html: string;
  contentSecurityPolicy: string;
}

interface Entry {
  method: string;
  path: string;
  operation: Operation;
}

/** The documentation for people: one page, with no script and nothing from elsewhere, so that a browser's own search finds everything. */
export function docsPage(document: OpenApi): DocsPage {
  const style = docsStylesheet();
  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Entry => ({ method, path, operation })),
  );
  const chapters = document.tags.map((tag) => ({
    ...tag,
    entries: entries.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Otobot ${document.info.version}: API</title>
        ${new Html(`<style>${style}</style>`)}
      </head>
      <body>
        <header>
          <h1>Otobot API <small>${document.info.version}</small></h1>
          ${introduction(document)}
        </header>
        <nav aria-label="Routes">
          ${chapters.map(
            ({ name, entries: routes }) =>
              html`<h2>${name}</h2>
                <ul>
                  ${routes.map(linkTo)}
                </ul>`,
          )}
        </nav>
        <main>
          ${chapters.map(
            ({ name, description, entries: routes }) =>
              html`<section aria-labelledby="${idOf(name)}">
                <h2 id="${idOf(name)}">${name}</h2>
                <p>${description}</p>
                ${routes.map((entry) => article(entry, document))}
              </section>`,
          )}
          ${problemTable()}
        </main>
      </body>
    </html> `;
  const contentSecurityPolicy = [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return { html: page.markup, contentSecurityPolicy };
}

function introduction({ info }: OpenApi): Content {
  const paragraphs = info.description.split('\n\n').map((text) => html`<p>${inline(text)}</p>`);
  return [paragraphs, html`<p>For programs: <a href="/openapi.json">openapi.json</a>, OpenAPI 3.1.</p>`];
}

const linkTo = ({ method, path, operation }: Entry): Html =>
  html`<li>
    <a href="#${operation.operationId}"
      ><span class="method ${method}">${method.toUpperCase()}</span> ${breakable(path)}</a
    >
  </li>`;

function article({ method, path, operation }: Entry, document: OpenApi): Html {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  const [status = '', success] = Object.entries(responses)[0] ?? [];
  const [type, body] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const answer = Object.values(success?.content ?? {})[0];
  return html`<article id="${operationId}" aria-labelledby="${operationId}-title">
    <h3 id="${operationId}-title">
      <span class="method ${method}">${method.toUpperCase()}</span> <code>${breakable(path)}</code>
    </h3>
    <p>${summary}.</p>
    <p class="requires">${inline(description)}</p>
    ${
      parameters.length === 0
        ? null
        : members(
            'Parameters',
            parameters.map((one) => memberOf(one, document.components.schemas)),
          )
    }
    ${body === undefined ? null : members(`Body, ${type ?? ''}`, membersOf(body.schema, document.components.schemas))}
    ${
      isPage(operation)
        ? null
        : html`<h4>Example</h4>
            ${code(curlOf({ method, path, operation }), 'Example request')}`
    }
    <h4>Answer, ${status}</h4>
    ${
      answer === undefined
        ? html`<p>${success?.description ?? ''}</p>`
        : [
            code(JSON.stringify(answer.example, null, 2), 'Example answer'),
            members('Members', membersOf(answer.schema, document.components.schemas)),
          ]
    }
    ${
      isPage(operation)
        ? null
        : html`<p class="problems">
            Refusals:
            ${operation['x-problems'].map((code) => html`<a href="#problem-${code}">${String(PROBLEMS[code].status)} ${code}</a> `)}
          </p>`
    }
  </article>`;
}

const memberOf = (parameter: Parameter, named: NamedSchemas): Member => {
  const { name, in: place, required, description = '', schema } = parameter;
  return { name, type: `${typeOf(schema, named)}, in the ${place}`, required, description };
};

/** Folded where there are many, so that a chapter can be overlooked; a browser's search unfolds what it finds. */
function members(title: string, list: readonly Member[]): Html | null {
  if (list.length === 0) return null;
  const items = list.map(
    ({ name, type, required, description }) =>
      html`<div>
        <dt><code>${name}</code> <span>${type}${required ? '' : ', optional'}</span></dt>
        <dd>${inline(description)}</dd>
      </div>`,
  );
  const table = html`<dl>${items}</dl>`;
  return list.length <= 6
    ? html`<h4>${title}</h4>
        ${table}`
    : html`<details>
        <summary>${title}, ${String(list.length)}</summary>
        ${table}
      </details>`;
}

function problemTable(): Html {
  const rows = Object.entries(PROBLEMS).map(
    ([code, { status, title }]) =>
      html`<div id="problem-${code}">
        <dt><code>${code}</code> <span>${String(status)}</span></dt>
        <dd>${title}.</dd>
      </div>`,
  );
  return html`<section aria-labelledby="problems">
    <h2 id="problems">Problems</h2>
    <p>The <code>code</code> of a refusal never changes its meaning; <code>detail</code> says what to do next.</p>
    <dl>${rows}</dl>
  </section>`;
}

/** Reachable by the keyboard, since what is too wide is scrolled. */
const code = (text: string, label: string): Html =>
  html`<pre tabindex="0" role="group" aria-label="${label}"><code>${text}</code></pre>`;

const idOf = (name: string): string => name.toLowerCase().replaceAll(' ', '-');

/** A path may be broken after each of its slashes. */
const breakable = (path: string): Content =>
  path.split(/(?<=\/)(?=.)/).map((part, index) => (index === 0 ? part : [new Html('<wbr />'), part]));

/** What stands between backticks is code. */
const inline = (text: string): Content =>
  text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
