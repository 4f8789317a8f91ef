import { inWords } from './dates';
import { framed } from './frame';
import { html, type Content, type Html } from './html';
import { ICONS } from './icons';
import type { ConnectPageModel, Page } from './models';
import { originOf, ownPath } from './origins';
import { secretFields } from './secret-fields';
import { tenantField } from './tenant-field';
import { TEXTS } from './texts';

const STATUS = { missing: 422, unknown: 422, rejected: 422, unreachable: 503 } as const;

/** The page behind a Connect link: who asks, for what, why, and what follows; its form starts the sign-in or takes the key. */
export function connectPage(model: ConnectPageModel): Page {
  const { language, brand, reconnect, formProblem, tenant } = model;
  const problem = tenant?.problem ?? formProblem;
  const texts = TEXTS[language];
  const names = { brand: brand.name, service: model.serviceName };
  const title = reconnect === null ? texts.asks(names) : texts.asksAgain(names);
  return framed({
    status: problem === null ? 200 : STATUS[problem],
    language,
    brand,
    title: problem === null ? title : texts.errorPrefix + title,
    content: html`
      <h1>${title}</h1>
      <p class="lead">${texts.onBehalfOf} <strong>${model.clientName}</strong></p>
      ${renewal(model)} ${reason(model)} ${permissions(model)} ${form(model)} ${steps(model)}
    `,
    footer: html`<p>${texts.notExpected(names)}</p>`,
    formOrigin: signInOrigin(model),
  });
}

function renewal({ language, reconnect, serviceName }: ConnectPageModel): Content {
  if (reconnect === null) return null;
  const texts = TEXTS[language];
  const { account } = reconnect;
  return html`<p class="note">
    ${texts.again(serviceName)}
    ${account === null ? texts.sameAccountUnknown : html`${texts.sameAccount} <strong>${account}</strong>`}
  </p>`;
}

function reason({ language, brand, reason: words }: ConnectPageModel): Content {
  if (words === null) return null;
  return html`<section>
    <h2>${TEXTS[language].why(brand.name)}</h2>
    <blockquote class="reason">${words}</blockquote>
  </section>`;
}

function permissions(model: ConnectPageModel): Html {
  const texts = TEXTS[model.language];
  const names = { brand: model.brand.name, service: model.serviceName };
  const extent = {
    oauth: () => (model.scopes.length === 0 ? texts.permissionsUnnamed(names) : scopeList(model.scopes)),
    api_key: () => texts.keyReach(names),
    basic: () => texts.passwordReach(names),
  }[model.kind]();
  return html`<section>
    <h2>${texts.permissions}</h2>
    ${typeof extent === 'string' ? html`<p class="plain">${extent}</p>` : extent}
  </section>`;
}

function scopeList(scopes: ConnectPageModel['scopes']): Html {
  return html`<ul class="scopes">
    ${scopes.map(
      ({ scope, text }) =>
        html`<li>
          ${ICONS.permission}
          <div>${text} <code ${text === null ? html`class="alone"` : null}>${breakable(scope)}</code></div>
        </li>`,
    )}
  </ul>`;
}

// Scopes are often long URLs without a space: they break where they have a mark, and not within a word.
function breakable(scope: string): Content {
  return scope.split(/(?<=[/.:])(?=\w)/).flatMap((piece, index) => (index === 0 ? piece : [html`<wbr />`, piece]));
}

function form(model: ConnectPageModel): Html {
  const texts = TEXTS[model.language];
  const oauth = model.kind === 'oauth';
  return html`<form method="post" action="${ownPath(model.action)}" autocomplete="off">
    ${tenantField(model)} ${oauth ? null : secretFields(model)}
    <button class="button" type="submit">
      ${oauth ? texts.continueTo(model.serviceName) : texts.connect(model.serviceName)}
    </button>
    <p class="until">${texts.until(inWords(model.language, model.expiresAt))}</p>
  </form>`;
}

function steps(model: ConnectPageModel): Html {
  const { language, kind, serviceName } = model;
  const texts = TEXTS[language];
  const origin = signInOrigin(model);
  const signIn = origin === null ? texts.stepSignInSafe : texts.stepSignInWhere(origin);
  const ways: readonly (readonly [step: string, detail: string | null])[] =
    kind === 'oauth'
      ? [
          [texts.stepSignIn(serviceName), signIn],
          [texts.stepAgree(serviceName), texts.stepAgreeDetail],
          [texts.stepDone, texts.stepDoneDetail(serviceName)],
        ]
      : [
          [texts.stepCheck(serviceName), null],
          [texts.stepStore, null],
          [kind === 'basic' ? texts.stepRevokePassword(serviceName) : texts.stepRevokeKey(serviceName), null],
        ];
  return html`<section>
    <h2>${texts.next}</h2>
    <ol class="steps">
      ${ways.map(([step, detail]) => html`<li>${step} ${detail && html`<small>${detail}</small>`}</li>`)}
    </ol>
  </section>`;
}

function signInOrigin({ kind, authorizationOrigin }: ConnectPageModel): string | null {
  return kind === 'oauth' ? originOf(authorizationOrigin, ['https:', 'http:']) : null;
}
