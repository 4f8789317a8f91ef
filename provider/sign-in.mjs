// Sign-in and consent: two pages of one interaction of oidc-provider, finished by one answer.
import { text } from 'node:stream/consumers';

import { SCOPES } from './settings.mjs';
import { consentPage, errorPage, signInPage } from './sign-in-pages.mjs';
import { sendPage } from './page.mjs';

/**
 * Every authorization asks who is there and whether they agree, as providers do that are asked with prompt=consent. oidc-provider never
 * sees a session: with one, two tabs with different people would end in each other's way.
 */
export async function asksEveryTime(context, next) {
  if (context.path.startsWith('/auth')) {
    const kept = (context.req.headers.cookie ?? '').split('; ').filter((cookie) => !cookie.startsWith('_session'));
    context.req.headers.cookie = kept.join('; ');
    // Without it, oidc-provider takes offline_access out of what was asked for.
    if (context.path === '/auth') context.query = { ...context.query, prompt: 'consent' };
  }
  await next();
}

/** Answers /interaction/…: sign-in, consent, and the answer that leads back to whoever asked. */
export function interactions(oauth) {
  return async (request, response, url) => {
    const [, uid, step = ''] = /^\/interaction\/([\w-]+)(?:\/(consent|answer))?$/.exec(url.pathname) ?? [];
    if (uid === undefined) return false;
    const show = STEPS[`${request.method} ${step}`];
    if (show === undefined) return false;
    try {
      // Throws when this browser did not begin it, when it is over, or too old.
      const { params } = await oauth.provider.interactionDetails(request, response);
      await show({ oauth, request, response, url, uid, params });
    } catch (error) {
      const description = 'This sign-in is over or was begun in another browser.';
      sendPage(response, errorPage({ error: error.error ?? error.message, description }), 400);
    }
    return true;
  };
}

const STEPS = {
  'GET ': async ({ response, uid, params }) => sendPage(response, signInPage({ uid, clientId: params.client_id })),
  'GET consent': async ({ response, url, uid, params }) => {
    const scopes = grantable(params.scope).map((scope) => ({ scope, text: SCOPES[scope] }));
    const accountId = url.searchParams.get('account') || 'alice';
    sendPage(response, consentPage({ uid, clientId: params.client_id, accountId, scopes }));
  },
  'POST answer': async ({ oauth, request, response, params }) => {
    const form = new URLSearchParams(await text(request));
    const result = form.get('answer') === 'allow' ? await allowed(oauth, params, form.get('account')) : DENIED;
    await oauth.provider.interactionFinished(request, response, result);
  },
};

const DENIED = { error: 'access_denied', error_description: 'The person pressed Deny.' };

async function allowed({ grants }, { client_id: clientId, scope }, account) {
  const accountId = account || 'alice';
  const grantId = await grants.add({ accountId, clientId, scope: grantable(scope).join(' ') });
  return { login: { accountId, remember: false }, consent: { grantId } };
}

function grantable(scope = '') {
  return scope.split(' ').filter((name) => Object.hasOwn(SCOPES, name));
}
