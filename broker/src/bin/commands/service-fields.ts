import type { Field } from '../managing/declaration';
import { asIs, clearable, listed, listedIfAny, pairs, wholeNumber, yesOrNo } from '../managing/values';

const seconds = clearable(wholeNumber);

/** What a new service may build on. */
export const PROVIDER_FIELDS: readonly Field[] = [
  { flags: '--from <provider>', about: 'a provider that is known: see otobot service guide', to: 'body.from' },
];

/** What a service is described by; "" removes what may be absent. */
export const SERVICE_FIELDS: readonly Field[] = [
  { flags: '--display-name <text>', about: 'for people', to: 'body.displayName' },
  {
    flags: '--oauth-type <type>',
    about: 'oauth2 (as if not given), client_credentials, long_lived, api_key or basic',
    to: 'body.oauthType',
  },
  { flags: '--token-url <url>', about: 'where tokens come from', to: 'body.tokenUrl', read: clearable(asIs) },
  {
    flags: '--refresh-url <url>',
    about: 'where they are renewed, if elsewhere',
    to: 'body.refreshUrl',
    read: clearable(asIs),
  },
  {
    flags: '--authorization-url <url>',
    about: 'where clients consent',
    to: 'body.authorizationUrl',
    read: clearable(asIs),
  },
  {
    flags: '--revocation-url <url>',
    about: 'where tokens are taken back (RFC 7009), on the origin of one of the two above',
    to: 'body.revocationUrl',
    read: clearable(asIs),
  },
  {
    flags: '--revocation-format <format>',
    about: 'where the token is written there: form, json or query',
    to: 'body.revocationFormat',
  },
  { flags: '--body-format <format>', about: 'how token requests are written: form or json', to: 'body.bodyFormat' },
  {
    flags: '--param-names <list>',
    about: 'its names for standard parameters: client_id=client_key',
    to: 'body.paramNames',
    read: pairs,
  },
  {
    flags: '--token-params <list>',
    about: 'sent with each request for a first token: expiring=1',
    to: 'body.tokenParams',
    read: pairs,
  },
  {
    flags: '--refresh-params <list>',
    about: 'sent with each renewal: expires_in=172800',
    to: 'body.refreshParams',
    read: pairs,
  },
  {
    flags: '--answer-path <path>',
    about: 'where the tokens stand in its answers, if not at the top',
    to: 'body.answerPath',
    read: clearable(asIs),
  },
  {
    flags: '--permanent-errors <list>',
    about: 'its own error codes that mean: consent again',
    to: 'body.permanentErrors',
    read: listedIfAny,
  },
  {
    flags: '--renewal <kind>',
    about: 'of long-lived tokens: fb_exchange_token, ig_refresh_token, th_refresh_token or check',
    to: 'body.renewal',
    read: clearable(asIs),
  },
  {
    flags: '--min-age-seconds <n>',
    about: 'long-lived tokens are not renewed before',
    to: 'body.minAgeSeconds',
    read: seconds,
  },
  { flags: '--scopes <list>', about: 'asked for, parted by commas', to: 'body.scopes' },
  { flags: '--scope-separator <char>', about: 'in requests to it: a space or a comma', to: 'body.scopeSeparator' },
  { flags: '--auth-style <style>', about: 'where the client secret goes: header or body', to: 'body.authStyle' },
  { flags: '--pkce <yes|no>', about: 'whether it takes PKCE', to: 'body.pkce', read: yesOrNo },
  {
    flags: '--rotation <kind>',
    about: 'a used refresh token stays valid (none), for a while (grace), or never (strict)',
    to: 'body.rotation',
  },
  { flags: '--grace-seconds <n>', about: 'for rotation grace', to: 'body.graceSeconds', read: seconds },
  {
    flags: '--default-ttl-seconds <n>',
    about: 'how long tokens live where it does not say',
    to: 'body.defaultTtlSeconds',
    read: wholeNumber,
  },
  {
    flags: '--refresh-ahead-seconds <n>',
    about: 'how long before its end a token is refreshed',
    to: 'body.refreshAheadSeconds',
    read: seconds,
  },
  {
    flags: '--consent-idle-seconds <n>',
    about: 'how long a consent lives without a refresh',
    to: 'body.consentIdleSeconds',
    read: seconds,
  },
  {
    flags: '--consent-seconds <n>',
    about: 'how long a consent lives, however often it is refreshed',
    to: 'body.consentSeconds',
    read: seconds,
  },
  { flags: '--max-concurrent <n>', about: 'refreshes at once, per app', to: 'body.maxConcurrent', read: wholeNumber },
  { flags: '--max-per-minute <n>', about: 'refreshes begun, per app', to: 'body.maxPerMinute', read: wholeNumber },
  {
    flags: '--refresh-interval-seconds <n>',
    about: 'at least so long between two refreshes of one connection',
    to: 'body.refreshIntervalSeconds',
    read: seconds,
  },
  { flags: '--base-url <url>', about: 'of its API', to: 'body.baseUrl', read: clearable(asIs) },
  {
    flags: '--allowed-hosts <list>',
    about: 'where its credentials may be sent, subdomains included',
    to: 'body.allowedHosts',
    read: clearable(listed),
  },
  { flags: '--request-header <name>', about: 'the header that carries the credential', to: 'body.requestHeader' },
  { flags: '--request-scheme <text>', about: 'before the credential in that header', to: 'body.requestScheme' },
  {
    flags: '--authorization-params <list>',
    about: 'sent with each authorization request: access_type=offline,prompt=consent',
    to: 'body.authorizationParams',
    read: pairs,
  },
  { flags: '--issuer <url>', about: 'what it sends as iss in callbacks', to: 'body.issuer', read: clearable(asIs) },
  {
    flags: '--account-from <where>',
    about: 'where the account is named: id_token, answer or url',
    to: 'body.accountFrom',
    read: clearable(asIs),
  },
  { flags: '--account-url <url>', about: 'where it is looked up', to: 'body.accountUrl', read: clearable(asIs) },
  {
    flags: '--account-id-path <path>',
    about: "the account's id there, such as user.id",
    to: 'body.accountIdPath',
    read: clearable(asIs),
  },
  {
    flags: '--account-label-path <path>',
    about: "the account's name there, such as user.email",
    to: 'body.accountLabelPath',
    read: clearable(asIs),
  },
  {
    flags: '--verify-url <url>',
    about: 'a harmless GET that tells whether a key is accepted',
    to: 'body.verifyUrl',
    read: clearable(asIs),
  },
  {
    flags: '--tenant-from <where>',
    about: 'who says what {tenant} in its URLs is: link, redirect, answer or lookup',
    to: 'body.tenantFrom',
    read: clearable(asIs),
  },
  {
    flags: '--tenant-param <name>',
    about: 'the parameter of the redirect, or the path in the answer, that names it',
    to: 'body.tenantParam',
    read: clearable(asIs),
  },
  {
    flags: '--tenant-hosts <list>',
    about: 'the hosts that {tenant} may be; one label of a host unless given',
    to: 'body.tenantHosts',
    read: clearable(listed),
  },
  {
    flags: '--tenant-example <text>',
    about: 'shown to whoever is asked for it',
    to: 'body.tenantExample',
    read: clearable(asIs),
  },
  {
    flags: '--redirect-hmac-param <name>',
    about: 'the parameter of the redirect with an HMAC over the others',
    to: 'body.redirectHmacParam',
    read: clearable(asIs),
  },
];
