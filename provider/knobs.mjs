// The provider's front door: a page that shows what happened here and lets somebody make things go wrong, and the same as JSON.
import { text } from 'node:stream/consumers';

import { knobsPage } from './knobs-page.mjs';
import { sendPage } from './page.mjs';
import { FAULT_NAMES } from './token-calls.mjs';

const DAY_SECONDS = 86_400;

/**
 * GET / · GET /state (the same as JSON) · POST /knobs (form: accessTokenSeconds, fail, times) · POST /grants/:id/revoke ·
 * POST /consent?account=NAME (a person's consent without a browser, so that curl is enough).
 */
export function knobs(oauth) {
  return async (request, response, url) => {
    const [, grantId] = /^\/grants\/([\w-]+)\/revoke$/.exec(url.pathname) ?? [];
    const routes = PATHS[grantId === undefined ? url.pathname : '/grants/:id/revoke'];
    if (routes === undefined) return false;
    const answer = routes[request.method];
    if (answer === undefined) response.writeHead(405, { allow: Object.keys(routes).join(', ') }).end();
    else await answer({ oauth, request, response, url, grantId });
    return true;
  };
}

const PATHS = {
  '/': { GET: async ({ oauth, response }) => sendPage(response, knobsPage({ ...oauth, ...stateOf(oauth) })) },
  '/state': { GET: async ({ oauth, response }) => sendJson(response, 200, stateOf(oauth)) },
  '/consent': {
    POST: async ({ oauth, response, url }) =>
      sendJson(response, 200, await oauth.consent(url.searchParams.get('account') || 'alice')),
  },
  '/knobs': {
    POST: async ({ oauth, request, response }) => {
      const problem = turn(oauth, new URLSearchParams(await text(request)));
      if (problem === null) backToPage(response);
      else sendJson(response, 400, { error: problem });
    },
  },
  '/grants/:id/revoke': {
    POST: async ({ oauth, response, grantId }) => {
      await oauth.revoke(grantId);
      backToPage(response);
    },
  },
};

/** Sets what the form names. @returns what is wrong with it, or null */
function turn({ knobs: settings, tokenCalls }, form) {
  const seconds = Number(form.get('accessTokenSeconds') ?? settings.accessTokenSeconds);
  const times = Number(form.get('times') ?? 0);
  const fault = form.get('fail') ?? '503';
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > DAY_SECONDS) return 'accessTokenSeconds: 1 to 86400';
  if (!Number.isInteger(times) || times < 0 || times > 1000) return 'times: 0 to 1000';
  if (!FAULT_NAMES.includes(fault)) return `fail: ${FAULT_NAMES.join(', ')}`;
  settings.accessTokenSeconds = seconds;
  tokenCalls.fail(fault, times);
  return null;
}

function stateOf({ knobs: { accessTokenSeconds }, tokenCalls, grants }) {
  return { accessTokenSeconds, failing: tokenCalls.failing, grants: grants.list(), tokenCalls: tokenCalls.list() };
}

function backToPage(response) {
  response.writeHead(303, { location: '/' }).end();
}

function sendJson(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body, null, 2)}\n`);
}
