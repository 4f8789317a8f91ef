// The journal of the token endpoint, and the faults that it can be told to have.
import { once } from 'node:events';

const LATEST = 50;

/** Ways to fail a token call. Each answers through koa's context, and nothing else of the provider sees the call. */
const FAULTS = {
  503: (context) => {
    Object.assign(context, { status: 503, body: { error: 'temporarily_unavailable' } });
  },
  invalid_grant: (context) => {
    Object.assign(context, { status: 400, body: { error: 'invalid_grant', error_description: 'on purpose' } });
  },
  hang: async (context) => {
    context.respond = false;
    await once(context.res, 'close');
  },
};

export const FAULT_NAMES = Object.keys(FAULTS);

/** `middleware` goes in front of oidc-provider; `fail(how, times)` holds for the next calls; `list()` gives the latest call first. */
export function createTokenCalls() {
  const calls = [];
  const failing = { how: '503', times: 0 };

  const middleware = async (context, next) => {
    if (context.method !== 'POST' || context.path !== '/token') return next();
    const call = { at: new Date(), grantType: null, accountId: null, token: null, status: null, error: null };
    calls.unshift(call);
    calls.splice(LATEST);
    if (failing.times > 0) {
      failing.times -= 1;
      Object.assign(call, { status: 0, error: `on purpose: ${failing.how}` });
      await FAULTS[failing.how](context);
      call.status = context.respond === false ? 0 : context.status;
      return;
    }
    await next();
    const params = context.oidc?.params ?? {};
    Object.assign(call, {
      grantType: params.grant_type ?? null,
      accountId: context.oidc?.entities.Account?.accountId ?? null,
      token: abbreviated(params.refresh_token ?? params.code),
      status: context.status,
      error: context.body?.error ?? null,
    });
  };

  return {
    middleware,
    failing,
    fail: (how, times) => Object.assign(failing, { how, times }),
    list: () => calls,
  };
}

/** Enough to tell two tokens apart, and worth nothing to anybody who reads it. */
function abbreviated(token) {
  return token === undefined ? null : `…${token.slice(-6)}`;
}
