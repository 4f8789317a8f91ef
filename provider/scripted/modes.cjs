'use strict';
// How a token endpoint may behave. A mode is a part of a behaviour, so that modes combine; docs/providers.md tells who does what.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** See Behaviour in provider.d.cts for what each field means. */
const DEFAULT_BEHAVIOUR = {
  rotation: 'single-use',
  graceMs: MINUTE,
  reuseEndsConsent: false,
  unrotated: 'absent',
  refreshTokenFor: 'every-consent',
  accessToken: 'new',
  refreshKillsAccessToken: false,
  expiresIn: 3600,
  absoluteMs: null,
  idleMs: null,
  extra: {},
  redirectExtra: {},
  format: 'json',
  refusal: { error: 'invalid_grant' },
  refusalStatus: 400,
  limit: null,
  limitAnswer: { status: 429, headers: {}, body: { error: 'rate_limited' } },
  delayMs: 0,
  refreshPath: 'any',
  requestFormat: 'any',
  clientAuth: 'any',
  clientIdParam: 'client_id',
  grantParam: 'grant_type',
  minAgeMs: DAY,
};

const throttled = (retryAfter) => ({
  limit: { calls: 10, windowMs: 10 * MINUTE },
  limitAnswer: { ...DEFAULT_BEHAVIOUR.limitAnswer, headers: retryAfter === null ? {} : { 'retry-after': retryAfter } },
});

const MODES = {
  'rotate-single-use': { rotation: 'single-use' },
  'rotate-with-grace': { rotation: 'grace' },
  'rotate-with-grace-30m': { rotation: 'grace', graceMs: 30 * MINUTE },
  'rotate-with-grace-10m': { rotation: 'grace', graceMs: 10 * MINUTE },
  'rotate-with-grace-1m': { rotation: 'grace', graceMs: MINUTE },
  'rotate-family-kill': { rotation: 'single-use', reuseEndsConsent: true },
  'rotate-with-grace-then-family-kill': { rotation: 'grace', graceMs: 10 * MINUTE, reuseEndsConsent: true },
  'no-rotation': { rotation: 'none', unrotated: 'absent' },
  'null-refresh-token': { rotation: 'none', unrotated: 'null' },
  'empty-refresh-token': { rotation: 'none', unrotated: 'empty' },
  'same-refresh-token': { rotation: 'none', unrotated: 'same' },
  'refresh-token-for-first-consent': { refreshTokenFor: 'first-consent' },
  'same-token-until-expired': { accessToken: 'same-until-expired', rotation: 'none', unrotated: 'same' },
  'refresh-kills-access-token': { refreshKillsAccessToken: true },
  'no-expires-in': { expiresIn: undefined },
  'expires-in-zero': { expiresIn: 0 },
  'expires-in-string': { expiresIn: '3600' },
  'expires-in-absurd': { expiresIn: 1e12 },
  'expires-in-negative': { expiresIn: -1 },
  'absolute-cap': { absoluteMs: 365 * DAY },
  'idle-cap': { idleMs: 60 * DAY },
  'tenant-url-in-answer': { extra: { instance_url: '{origin}' } },
  'tenant-url-in-redirect': { redirectExtra: { 'accounts-server': '{origin}', location: 'eu' } },
  'form-encoded': { format: 'form' },
  'invalid-grant-as-403': { refusalStatus: 403 },
  'error-with-200': { refusalStatus: 200 },
  'ten-per-10-min': throttled(null),
  'ten-per-10-min-retry-after-seconds': throttled('{seconds}'),
  'ten-per-10-min-retry-after-date': throttled('{date}'),
  'ten-per-10-min-retry-after-absurd': throttled('99999999999'),
  'ten-per-10-min-retry-after-garbage': throttled('soon'),
  'slow-12s': { delayMs: 12 * SECOND },
  'separate-refresh-url': { refreshPath: '/renew' },
  'json-body': { requestFormat: 'json' },
  'form-body': { requestFormat: 'form' },
  'client-in-header': { clientAuth: 'header' },
  'client-in-body': { clientAuth: 'body' },
  'client-key': { clientIdParam: 'client_key', clientAuth: 'body' },
  'type-refresh': { grantParam: 'type', clientAuth: 'body' },
};

module.exports = { DEFAULT_BEHAVIOUR, MODES };
