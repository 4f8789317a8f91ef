import { randomBytes } from 'node:crypto';

export const GRACE_SECONDS = 120;

/** The provider's memory: which refresh token is worth what. Modes: none (never rotates), grace (a used one works for a while), strict. */
export function createTokenBook(now) {
  const refresh = new Map();
  const access = new Map();
  let serial = 0;
  const mint = (kind, consent) => `${kind}-${consent}-${(serial += 1)}-${randomBytes(6).toString('hex')}`;

  const issue = (mode, consent) => {
    const token = mint('rt', consent);
    refresh.set(token, { mode, consent, usedAt: null });
    return token;
  };
  const newAccess = (consent) => {
    const token = mint('at', consent);
    access.set(token, consent);
    return token;
  };
  const works = ({ mode, usedAt }) =>
    mode === 'none' || usedAt === null || (mode === 'grace' && now() - usedAt <= GRACE_SECONDS * 1_000);

  return {
    begin: (mode, consent) => ({ refreshToken: issue(mode, consent), accessToken: newAccess(consent) }),
    /** Null: refused. A provider that does not rotate sends no refresh token. */
    redeem: (token) => {
      const known = refresh.get(token);
      if (known === undefined || !works(known)) return null;
      known.usedAt ??= now();
      const successor = known.mode === 'none' ? null : issue(known.mode, known.consent);
      return { accessToken: newAccess(known.consent), refreshToken: successor };
    },
    consentOf: (token) => refresh.get(token)?.consent ?? null,
    modeOf: (token) => refresh.get(token)?.mode ?? null,
    accessConsentOf: (token) => access.get(token) ?? null,
    isLive: (token) => refresh.has(token) && works(refresh.get(token)),
  };
}
