// What a person sees: who are you, may they, and what went wrong.
import { ACCOUNTS, claimsOf } from './accounts.mjs';
import { html, page } from './page.mjs';

export function signInPage({ uid, clientId }) {
  const account = ([id, { name, email }]) =>
    html`<button class="account" name="account" value="${id}">${name} <small>${email}</small></button>`;
  return page({
    title: 'Sign in',
    body: html`<section>
      <h1>Sign in</h1>
      <p>to continue to <code>${clientId}</code>. Choose who you are; no password is asked.</p>
      <form method="get" action="/interaction/${uid}/consent">${Object.entries(ACCOUNTS).map(account)}</form>
    </section>`,
  });
}

/** @param scopes `[{ scope, text }]` */
export function consentPage({ uid, clientId, accountId, scopes }) {
  const { name, email } = claimsOf(accountId);
  const permission = ({ scope, text }) => html`<li>${text} <small>(<code>${scope}</code>)</small></li>`;
  return page({
    title: 'Allow access',
    body: html`<section>
      <h1>Allow <code>${clientId}</code> access?</h1>
      <p>You are ${name}, <span class="dim">${email}</span>. It asks to:</p>
      <ul>
        ${scopes.map(permission)}
      </ul>
      <form method="post" action="/interaction/${uid}/answer">
        <input type="hidden" name="account" value="${accountId}" />
        <div class="choices">
          <button name="answer" value="allow">Allow</button>
          <button class="quiet" name="answer" value="deny">Deny</button>
        </div>
      </form>
      <a href="/interaction/${uid}">Sign in as somebody else</a>
    </section>`,
  });
}

export function errorPage({ error, description }) {
  return page({
    title: 'That did not work',
    body: html`<section>
      <h1>That did not work</h1>
      <p>${description ?? error}</p>
      <p class="dim">Error <code>${error}</code>. Go back to where you came from and start again from there.</p>
    </section>`,
  });
}
