import { inWords } from './dates';
import { framed } from './frame';
import { html, type Content, type Html } from './html';
import { ICONS } from './icons';
import type { ConnectPageModel, Page } from './models';
import { originOf, ownPath } from './origins';
import { secretFields } from './secret-fields';
import { TEXTS } from './texts';

const STATUS = { missing: 422, rejected: 422, unreachable: 503 } as const;

/** The page behind a Connect link: who asks, for what, why, and what follows; its form starts the sign-in or takes the key. */
export function connectPage(model: ConnectPageModel): Page {
  const { language, brand, reconnect, formProblem } = model;
  const texts = TEXTS[language];
  const names = { brand: brand.name, service: model.serviceName };
  const title = reconnect === null ? texts.asks(names) : texts.asksAgain(names);
  return framed({
    status: formProblem === null ? 200 : STATUS[formProblem],
    language,
    brand,
    title: formProblem === null ? title : texts.errorPrefix + title,
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

function permissions({ language, brand, serviceName, kind, scopes }: ConnectPageModel): Html {
  const texts = TEXTS[language];
  const names = { brand: brand.name, service: serviceName };
  if (kind === 'api_key') return html`<p class="plain">${texts.keyReach(names)}</p>`;
  if (kind === 'basic') return html`<p class="plain">${texts.passwordReach(names)}</p>`;
  const items = scopes.map(
    ({ scope, text }) =>
      html`<li>
        ${ICONS.permission}
        <div>${text === null ? html`<code class="alone">${scope}</code>` : html`${text} <code>${scope}</code>`}</div>
      </li>`,
  );
  return html`<section>
    <h2>${texts.permissions}</h2>
    ${
      items.length === 0
        ? html`<p class="plain">${texts.permissionsUnnamed(names)}</p>`
        : html`<ul class="scopes">
            ${items}
          </ul>`
    }
  </section>`;
}

function form(model: ConnectPageModel): Html {
  const texts = TEXTS[model.language];
  const oauth = model.kind === 'oauth';
  return html`<form method="post" action="${ownPath(model.action)}" autocomplete="off">
    ${oauth ? null : secretFields(model)}
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
          [texts.stepRevokeKey(serviceName), null],
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
