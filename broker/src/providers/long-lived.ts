import type { Renewal } from '../types/dialect';

/** A renewal that brings a token, as against one that only asks after it. */
export type TokenExchange = Exclude<Renewal, 'check'>;

/** `first`: the hour's token of a consent for one of sixty days. `again`: that one for the next. */
export type ExchangeStep = 'first' | 'again';

interface ExchangeRequest {
  grantType: string;
  tokenParam: string;
  /** How much of the OAuth client is sent along. */
  client: 'id and secret' | 'secret' | 'nothing';
  /** Beside the URL of renewals, where it has a place of its own. */
  place: string | null;
}

const FACEBOOK: ExchangeRequest = {
  grantType: 'fb_exchange_token',
  tokenParam: 'fb_exchange_token',
  client: 'id and secret',
  place: null,
};
const first = (grantType: string): ExchangeRequest => ({
  ...{ grantType, tokenParam: 'access_token', client: 'secret', place: 'access_token' },
});
const again = (grantType: string): ExchangeRequest => ({
  ...{ grantType, tokenParam: 'access_token', client: 'nothing', place: null },
});

/**
 * Meta's grants: GET requests with everything in the query, answered like token requests. Nothing is used up by them, so they may be repeated.
 * developers.facebook.com/documentation/facebook-login/guides/access-tokens/get-long-lived,
 * …/instagram-platform/reference/access_token and …/refresh_access_token, …/docs/threads/get-started/long-lived-tokens
 */
const EXCHANGES: Readonly<Record<TokenExchange, Readonly<Record<ExchangeStep, ExchangeRequest>>>> = {
  fb_exchange_token: { first: FACEBOOK, again: FACEBOOK },
  ig_refresh_token: { first: first('ig_exchange_token'), again: again('ig_refresh_token') },
  th_refresh_token: { first: first('th_exchange_token'), again: again('th_refresh_token') },
};

/** Whether this request carries a client secret. */
export function needsClientSecret(exchange: TokenExchange, step: ExchangeStep): boolean {
  return EXCHANGES[exchange][step].client !== 'nothing';
}

/** The request as a URL, secrets and all: it must reach no log, no error and no header. */
export function exchangeUrl(
  base: URL,
  { exchange, step, token }: { exchange: TokenExchange; step: ExchangeStep; token: string },
  client: { id: string; secret: string },
  params: Readonly<Record<string, string>>,
): URL {
  const request = EXCHANGES[exchange][step];
  const url = request.place === null ? new URL(base) : new URL(request.place, base);
  const standard = {
    grant_type: request.grantType,
    ...(request.client === 'id and secret' ? { client_id: client.id } : {}),
    ...(request.client === 'nothing' ? {} : { client_secret: client.secret }),
    [request.tokenParam]: token,
  };
  for (const [name, value] of Object.entries({ ...params, ...standard })) url.searchParams.set(name, value);
  return url;
}
