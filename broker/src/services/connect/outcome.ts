import type { Organization } from '../../repositories/organizations';

/** How a visit can end, each with a page of its own. */
export type Outcome =
  | 'connected'
  | 'held'
  | 'denied'
  | 'link_unknown'
  | 'link_expired'
  | 'link_revoked'
  | 'link_used'
  | 'client_suspended'
  | 'not_configured'
  | 'state_unknown'
  | 'state_expired'
  | 'state_used'
  | 'other_browser'
  | 'provider_error'
  | 'answer_refused'
  | 'exchange_failed'
  | 'provider_unreachable';

export type Brand = Pick<Organization, 'displayName' | 'logoUrl' | 'color'>;

/** What the page can say about it; what is not known, or not for this visitor, is null. */
export interface Ending {
  outcome: Outcome;
  brand: Brand | null;
  /** Of the client. */
  locale: string | null;
  clientName: string | null;
  serviceName: string | null;
  account: string | null;
  /** error_description as the provider sent it: not to be trusted. */
  providerMessage: string | null;
  returnUrl: string | null;
  /** The token of the link, where another try makes sense. */
  retryToken: string | null;
}

const NOTHING: Omit<Ending, 'outcome'> = {
  brand: null,
  locale: null,
  clientName: null,
  serviceName: null,
  account: null,
  providerMessage: null,
  returnUrl: null,
  retryToken: null,
};

export function ending(outcome: Outcome, known: Partial<Omit<Ending, 'outcome'>> = {}): Ending {
  return { ...NOTHING, ...known, outcome };
}
