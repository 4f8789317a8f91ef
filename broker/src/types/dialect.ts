/** Where a token endpoint deviates from RFC 6749, as the row of its service says. */
export interface Dialect {
  bodyFormat: 'form' | 'json';
  /** What the provider calls a standard parameter, where it has another name for it. */
  paramNames: ParamNames;
  /** Sent beside the standard parameters with every request for a first token. */
  tokenParams: Readonly<Record<string, string>>;
  /** The same for renewals. */
  refreshParams: Readonly<Record<string, string>>;
  /** The member of an answer in which the tokens stand, where it is there: names with dots between them. null: they stand at the top. */
  answerPath: string | null;
  /** Error codes that mean "consent again" here, beyond the common table. */
  permanentErrors: readonly string[];
}

export type ParamNames = Readonly<Partial<Record<'client_id' | 'client_secret' | 'scope', string | undefined>>>;

/** RFC 6749 to the letter. */
export const STANDARD: Dialect = {
  bodyFormat: 'form',
  paramNames: {},
  tokenParams: {},
  refreshParams: {},
  answerPath: null,
  permanentErrors: [],
};

/** How a long-lived token is renewed: by Meta's exchange of that name; or not at all, only asked after (`check`). */
export const RENEWALS = ['fb_exchange_token', 'ig_refresh_token', 'th_refresh_token', 'check'] as const;
export type Renewal = (typeof RENEWALS)[number];
