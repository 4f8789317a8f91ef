import type { ConnectionKind } from '../../types/credential';
import type { ParamNames, Renewal } from '../../types/dialect';

export type Source = `https://${string}`;

/** The day on which the stored copies of the sources were read. */
export const CHECKED = '2026-11-20';

/** Something that a provider does or demands, with the page that says so. */
export interface Fact<Value> {
  value: Value;
  source: Source;
  /** The day on which a copy of the source was read and said so; null: the source is named by others, and was not read. */
  checked: typeof CHECKED | null;
}

/** null: not known. A gap is better than a guess. */
export type Known<Value> = Fact<Value> | null;

/** A fact that was read at its source. */
export const seen = <Value>(value: Value, source: Source): Fact<Value> => ({ value, source, checked: CHECKED });

/** A fact whose source is known but was not read. */
export const cited = <Value>(value: Value, source: Source): Fact<Value> => ({ value, source, checked: null });

export interface AccountLookUp {
  from: 'id_token' | 'answer' | 'url';
  /** Only where `from` is `url`. */
  url: string | null;
  /** Members parted by dots. */
  idPath: string;
  labelPath: string | null;
}

/** A scope in plain words for whoever is asked to consent. The fact is that it exists and means this. */
export interface Scope extends Fact<string> {
  /** Asked for unless the service says otherwise. */
  byDefault: boolean;
  en: string;
  fr: string;
}

/** Something of the customer's own in its URLs, where `{tenant}` stands for it. */
export interface Tenant {
  /** What it is to people, such as the name of a shop. */
  what: string;
  /** Who tells it: the link or its page, the redirect, the token answer, or the account look-up. */
  from: 'link' | 'redirect' | 'answer' | 'lookup';
  /** The parameter of the redirect, or the path in the answer, that names it; null: none does. */
  param: string | null;
  /** The hosts that it may be; null: one label of a host name, or one segment of a path. */
  hosts: readonly string[] | null;
  example: string | null;
}

export interface Guide {
  /** Where the OAuth client, or the key, is made. */
  console: Known<string>;
  /** In order; `{redirectUri}` stands for the address to paste. Empty: nobody has described them yet. */
  steps: readonly Fact<string>[];
  traps: readonly Fact<string>[];
  /** What the provider offers or demands and Otobot does not do yet. */
  notSupported: readonly string[];
}

/** Everything about one provider. */
export interface ProviderEntry {
  name: string;
  displayName: string;
  kind: ConnectionKind;
  authorizationUrl: Known<string>;
  tokenUrl: Known<string>;
  /** Where tokens are renewed, if not at tokenUrl. */
  refreshUrl: Known<string>;
  revocationUrl: Known<string>;
  /** Where the token to be revoked is written. */
  revocationFormat: Known<'form' | 'json' | 'query'>;
  authorizationParams: Known<Readonly<Record<string, string>>>;
  /** How token requests are written. */
  bodyFormat: Known<'form' | 'json'>;
  paramNames: Known<ParamNames>;
  /** Sent with every request for a first token. */
  tokenParams: Known<Readonly<Record<string, string>>>;
  /** Sent with every renewal. */
  refreshParams: Known<Readonly<Record<string, string>>>;
  /** The member of an answer in which the tokens stand, where it is there. */
  answerPath: Known<string>;
  /** Error codes that mean "consent again" here and nowhere else. */
  permanentErrors: Known<readonly string[]>;
  /** Of long-lived tokens. */
  renewal: Known<Renewal>;
  /** A younger long-lived token is not renewed. */
  minAgeSeconds: Known<number>;
  /** How long before its end a token is to be refreshed, where that matters to the provider. */
  refreshAheadSeconds: Known<number>;
  /** At least so long between two refreshes of one connection: what it allows per refresh token. */
  refreshIntervalSeconds: Known<number>;
  /** How the client secret travels. */
  authStyle: Known<'header' | 'body'>;
  scopeSeparator: Known<' ' | ','>;
  pkce: Known<boolean>;
  /** What it sends as `iss` in authorization responses (RFC 9207); null: not known to send it. */
  issuer: Known<string>;
  /** What becomes of a refresh token that was used. */
  rotation: Known<'none' | 'grace' | 'strict'>;
  graceSeconds: Known<number>;
  accessTokenSeconds: Known<number>;
  /** How long a consent lives without a refresh: each renews the refresh token, or counts as use. */
  consentIdleSeconds: Known<number>;
  /** How long a consent lives, however often it is refreshed. */
  consentSeconds: Known<number>;
  account: Known<AccountLookUp>;
  /** Of the API. */
  baseUrl: Known<string>;
  allowedHosts: Known<readonly string[]>;
  requestHeader: Known<string>;
  /** Empty: the bare secret. */
  requestScheme: Known<string>;
  /** A harmless GET that tells whether an API key is accepted. */
  verifyUrl: Known<string>;
  tenant: Known<Tenant>;
  /** The parameter of the redirect with an HMAC-SHA-256 over all the others, under the client secret. */
  redirectHmacParam: Known<string>;
  scopes: readonly Scope[];
  guide: Guide;
}

/** What is known of a provider before anything is looked up. */
export const UNKNOWN = {
  authorizationUrl: null,
  tokenUrl: null,
  refreshUrl: null,
  revocationUrl: null,
  revocationFormat: null,
  authorizationParams: null,
  bodyFormat: null,
  paramNames: null,
  tokenParams: null,
  refreshParams: null,
  answerPath: null,
  permanentErrors: null,
  renewal: null,
  minAgeSeconds: null,
  refreshAheadSeconds: null,
  refreshIntervalSeconds: null,
  authStyle: null,
  scopeSeparator: null,
  pkce: null,
  issuer: null,
  rotation: null,
  graceSeconds: null,
  accessTokenSeconds: null,
  consentIdleSeconds: null,
  consentSeconds: null,
  account: null,
  baseUrl: null,
  allowedHosts: null,
  requestHeader: null,
  requestScheme: null,
  verifyUrl: null,
  tenant: null,
  redirectHmacParam: null,
  scopes: [],
} as const satisfies Omit<ProviderEntry, 'name' | 'displayName' | 'kind' | 'guide'>;
