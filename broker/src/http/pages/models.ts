import type { Outcome as VisitOutcome } from '../../services/connect/outcome';

/** What the pages of Connect show, already decided and checked by the caller: a page only renders. */
export type Language = 'en' | 'fr';

/** Who asks. `color` is `#rrggbb`, `logoUrl` an https URL; what is neither is left out of the page. */
export interface Brand {
  name: string;
  logoUrl: string | null;
  color: string | null;
}

export interface ConnectPageModel {
  language: Language;
  brand: Brand;
  clientName: string;
  /** The service's display name, such as `Google`. */
  serviceName: string;
  kind: 'oauth' | 'api_key' | 'basic';
  /** `text` is plain words in the page's language; null where only the scope itself is known. */
  scopes: { scope: string; text: string | null }[];
  /** Why the agency asks, in its own words. */
  reason: string | null;
  /** An existing connection is renewed; its account's label. */
  reconnect: { account: string | null } | null;
  /** The path on our own origin that the form posts to. */
  action: string;
  /** Where an OAuth sign-in goes: joins 'self' in the CSP's form-action, which browsers also hold redirects to. */
  authorizationOrigin: string | null;
  /** An API key or a sign-in was handed in and not accepted. */
  formProblem: 'missing' | 'rejected' | 'unreachable' | null;
  expiresAt: Date;
  /** null: nothing is asked. */
  tenant: TenantField | null;
}

/** What is the client's own in the addresses of the service, such as the name of a shop. */
export interface TenantField {
  /** To choose from; null: it is typed. */
  hosts: readonly string[] | null;
  example: string | null;
  /** The address that belongs to the example; null: it is no part of a host. */
  address: string | null;
  /** What stands in the field. */
  value: string;
  problem: 'missing' | 'unknown' | null;
}

/** Every way that opening a link or coming back from a provider can end, and what stops a visit before that. */
export type Outcome = VisitOutcome | 'too_many' | 'wrong_origin' | 'internal';

export interface OutcomePageModel {
  outcome: Outcome;
  language: Language;
  brand: Brand | null;
  serviceName: string | null;
  clientName: string | null;
  account: string | null;
  /** The provider's `error_description`: untrusted. */
  providerMessage: string | null;
  returnUrl: string | null;
  /** The path on our own origin that begins again. */
  retryPath: string | null;
  requestId: string;
}

/** A page ready to send. */
export interface Page {
  status: number;
  html: string;
  contentSecurityPolicy: string;
}
