// The page at /.
import { claimsOf } from './accounts.mjs';
import { html, page } from './page.mjs';
import { FAULT_NAMES } from './token-calls.mjs';

const FAULT_TEXTS = {
  503: '503 Service Unavailable',
  invalid_grant: '400 invalid_grant',
  hang: 'hang, without an answer',
};

export function knobsPage({ issuer, clientId, accessTokenSeconds, failing, grants, tokenCalls }) {
  return page({
    title: 'Knobs',
    isWide: true,
    body: html`<section>
        <h1>The provider, and what can go wrong with it</h1>
        <p>
          Authorization URL <code>${issuer}/auth</code> · token URL <code>${issuer}/token</code> · client
          <code>${clientId}</code> · refresh tokens are good for one use.
        </p>
        ${knobsForm({ accessTokenSeconds, failing })}
      </section>
      <section>
        <h2>Grants</h2>
        ${grants.length === 0 ? html`<p>Nobody has consented yet.</p>` : grantsTable(grants)}
      </section>
      <section>
        <h2>Token calls</h2>
        ${tokenCalls.length === 0 ? html`<p>None yet.</p>` : callsTable(tokenCalls)}
        <a href="/">Look again</a>
      </section>`,
  });
}

function knobsForm({ accessTokenSeconds, failing }) {
  const option = (name) =>
    html`<option value="${name}" ${name === failing.how ? html`selected` : null}>${FAULT_TEXTS[name]}</option>`;
  return html`<form method="post" action="/knobs">
    <p>
      <label
        >New access tokens live
        <input type="number" name="accessTokenSeconds" min="1" max="86400" value="${accessTokenSeconds}" />
        seconds</label
      >
    </p>
    <p>
      <label
        >Fail the next <input type="number" name="times" min="0" max="1000" value="${failing.times}" /> token
        calls</label
      >
      <label
        >with
        <select name="fail">
          ${FAULT_NAMES.map(option)}
        </select></label
      >
    </p>
    <button>Set</button>
  </form>`;
}

function grantsTable(grants) {
  const revoke = ({ grantId, accountId }) =>
    html`<form method="post" action="/grants/${grantId}/revoke">
      <button class="quiet" aria-label="Revoke what ${accountId} allowed">Revoke</button>
    </form>`;
  const row = (grant) =>
    html`<tr>
      <td>${claimsOf(grant.accountId).name}</td>
      <td><code>${grant.scope}</code></td>
      <td>${clock(grant.since)}</td>
      <td>${grant.status === 'live' ? revoke(grant) : `${grant.status}, ${clock(grant.endedAt)}`}</td>
    </tr>`;
  return table(['Who', 'Allowed', 'Since (UTC)', 'State'], grants.map(row));
}

function callsTable(calls) {
  const row = ({ at, grantType, accountId, token, status, error }) =>
    html`<tr>
      <td>${clock(at)}</td>
      <td><code>${grantType}</code></td>
      <td>${accountId}</td>
      <td><code>${token}</code></td>
      <td>${status === 0 ? 'no answer' : status} ${error}</td>
    </tr>`;
  return table(['At (UTC)', 'Grant type', 'Who', 'Code or token', 'Answer'], calls.map(row));
}

function table(headings, rows) {
  return html`<table>
    <thead>
      <tr>
        ${headings.map((heading) => html`<th scope="col">${heading}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function clock(date) {
  return date.toISOString().slice(11, 19);
}
