import { framed } from './frame';
import { html, type Content, type Html } from './html';
import { ICONS } from './icons';
import type { Outcome, OutcomePageModel, Page } from './models';
import { ownPath, webLink } from './origins';
import { OUTCOME_TEXTS, type OutcomeNames } from './outcome-texts';

const MESSAGE_LENGTH = 300;

interface Kind {
  status: number;
  look: 'good' | 'wait' | 'bad';
  icon: Html;
  /** Who has to act now. */
  turn: 'nobody' | 'reader' | 'sender';
}

const KINDS: Record<Outcome, Kind> = {
  connected: { status: 200, look: 'good', icon: ICONS.done, turn: 'nobody' },
  held: { status: 200, look: 'wait', icon: ICONS.wait, turn: 'sender' },
  denied: { status: 200, look: 'wait', icon: ICONS.warning, turn: 'reader' },
  link_unknown: { status: 404, look: 'wait', icon: ICONS.link, turn: 'reader' },
  link_expired: { status: 410, look: 'wait', icon: ICONS.wait, turn: 'reader' },
  link_revoked: { status: 410, look: 'wait', icon: ICONS.link, turn: 'reader' },
  link_used: { status: 410, look: 'wait', icon: ICONS.done, turn: 'reader' },
  client_suspended: { status: 403, look: 'wait', icon: ICONS.wait, turn: 'sender' },
  not_configured: { status: 503, look: 'bad', icon: ICONS.warning, turn: 'sender' },
  state_unknown: { status: 400, look: 'wait', icon: ICONS.warning, turn: 'reader' },
  state_expired: { status: 400, look: 'wait', icon: ICONS.wait, turn: 'reader' },
  state_used: { status: 400, look: 'wait', icon: ICONS.warning, turn: 'reader' },
  other_browser: { status: 400, look: 'wait', icon: ICONS.warning, turn: 'reader' },
  answer_refused: { status: 400, look: 'bad', icon: ICONS.warning, turn: 'reader' },
  provider_error: { status: 502, look: 'bad', icon: ICONS.warning, turn: 'reader' },
  exchange_failed: { status: 502, look: 'bad', icon: ICONS.warning, turn: 'reader' },
  provider_unreachable: { status: 502, look: 'wait', icon: ICONS.wait, turn: 'reader' },
  too_many: { status: 429, look: 'wait', icon: ICONS.wait, turn: 'reader' },
  wrong_origin: { status: 403, look: 'bad', icon: ICONS.warning, turn: 'reader' },
  internal: { status: 500, look: 'bad', icon: ICONS.warning, turn: 'reader' },
};

/** The page at the end of a way: what happened, whose turn it is, and what to do next. */
export function outcomePage(given: OutcomePageModel): Page {
  const model = given.outcome === 'link_unknown' ? anonymous(given) : given;
  const { outcome, language, brand, serviceName } = model;
  const { status, look, icon, turn } = KINDS[outcome];
  const texts = OUTCOME_TEXTS[language];
  const names = { sender: brand?.name ?? texts.someSender, service: serviceName ?? texts.someService };
  const { title, what, next } = texts.outcomes[outcome];
  return framed({
    status,
    language,
    brand,
    title: title(names),
    content: html`
      <div class="mark ${look}">${icon}</div>
      <h1>${title(names)}</h1>
      <p class="lead">${what(names)}</p>
      ${account(model, names)} ${providerMessage(model, names)}
      <section class="turn">
        <h2>${texts.turn[turn](names.sender)}</h2>
        <p>${next(names)}</p>
      </section>
      ${actions(model)}
    `,
    footer: status < 400 ? null : html`<p>${texts.reference} <code>${model.requestId}</code></p>`,
    formOrigin: null,
  });
}

// Whoever guesses at links learns nothing from a wrong guess, whatever the caller filled in.
function anonymous(model: OutcomePageModel): OutcomePageModel {
  const nothing = { brand: null, serviceName: null, clientName: null, account: null };
  return { ...model, ...nothing, providerMessage: null, returnUrl: null, retryPath: null };
}

function account({ outcome, language, account: label }: OutcomePageModel, names: OutcomeNames): Content {
  const texts = OUTCOME_TEXTS[language];
  if (label !== null) return html`<p class="account">${texts.account} <strong>${label}</strong></p>`;
  return outcome === 'connected' ? html`<p class="note">${texts.accountUnknown(names.service)}</p>` : null;
}

function providerMessage({ language, providerMessage: message }: OutcomePageModel, names: OutcomeNames): Content {
  if (message === null || message.trim() === '') return null;
  const shown = message.length > MESSAGE_LENGTH ? `${message.slice(0, MESSAGE_LENGTH)}…` : message;
  return html`<p class="said">${OUTCOME_TEXTS[language].said(names.service)} <q>${shown}</q></p>`;
}

function actions({ outcome, language, retryPath, returnUrl }: OutcomePageModel): Content {
  const texts = OUTCOME_TEXTS[language];
  const retry = ownPath(retryPath);
  const back = webLink(returnUrl);
  if (retry === null && back === null) return null;
  // Trying again is the thing to do only where it is the reader's turn.
  return html`<div class="actions">
    ${retry && button(retry, texts.retry, KINDS[outcome].turn !== 'reader')}
    ${back && button(back, texts.goBack(new URL(back).host), retry !== null)}
  </div>`;
}

function button(href: string, text: string, quiet: boolean): Html {
  return html`<a class="button ${quiet ? 'quiet' : null}" href="${href}">${text}</a>`;
}
