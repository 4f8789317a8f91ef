/** How something is to be stopped. */
export interface SuspensionOrder {
  /** For whoever finds it suspended. */
  reason?: string | undefined;
  /** Changes nothing: only tells what would stop. */
  dryRun?: boolean | undefined;
}

/** Also takes the consents back, at their providers, for good. */
export interface RevokingOrder extends SuspensionOrder {
  revoke?: boolean | undefined;
}

/** For the audit, where a look is told apart from the deed. */
export function auditOf(what: string, { reason, revoke, dryRun }: RevokingOrder) {
  return {
    action: dryRun === true ? `${what}.suspend.preview` : `${what}.suspend`,
    detail: { ...(reason === undefined ? {} : { reason }), ...(revoke === true ? { revoke: 1 } : {}) },
  };
}
