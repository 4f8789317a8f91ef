import type { Scope } from '../../secrets/scopes';

/** What a caller presented, before anybody believed it. `operator` is somebody at the machine itself, who runs `otobot`. */
export type Presented = { kind: 'bearer'; token: string } | { kind: 'operator'; organization: string };

/** One request as the services see it: who asks, from where, for which execution. */
export interface Caller {
  presented: Presented | null;
  address: string | null;
  userAgent: string | null;
  requestId: string;
  workflowId?: string | undefined;
  executionId?: string | undefined;
}

/** Somebody who was recognised, with all that he may do. Facts as of policyVersion. */
export interface Principal {
  /** For the audit: `key:<id>`, `internal-token` or `operator`. */
  actor: string;
  keyId: string | null;
  organizationId: string;
  organization: string;
  policyVersion: number;
  scopes: ReadonlySet<Scope>;
  /** null: all of the organization's. */
  clientIds: ReadonlySet<string> | null;
  services: ReadonlySet<string> | null;
  ratePerMinute: number | null;
  /** Releases a day and a month, by the calendar in UTC; null: without a quota. Counted with the audit (services/audit). */
  quota: { perDay: number | null; perMonth: number | null } | null;
  /** null: never. What this caller makes may not outlive him. */
  expiresAt: Date | null;
}
