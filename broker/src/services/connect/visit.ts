import { locateConnectLink } from '../../repositories/connect-links';
import type { AuditEntry } from '../../repositories/audit';
import { auditEntry } from '../access/authorize';
import type { Caller } from '../access/principal';
import { hashOf } from './link-token';
import { loadLink, troubleWith, type OpenLink } from './open-link';
import { ending, type Ending, type Outcome } from './outcome';
import type { ConnectParts } from './parts';

/** Somebody followed a link: either it opens, or a page tells why not. */
export type Visit = { open: OpenLink } | VisitEnded;

export interface VisitEnded {
  ended: Ending;
  /** The link that was visited, for the audit; null: there is none. */
  link: OpenLink | null;
}

// base64url of 16 and 24 bytes; anything else is not looked up.
const TOKEN = /^[A-Za-z0-9_-]{54}$/;

/** Looks at a link without changing anything: mail scanners follow links too. */
export async function visitLink({ database, lookups }: ConnectParts, token: string): Promise<Visit> {
  if (!TOKEN.test(token)) return { ended: ending('link_unknown'), link: null };
  const tokenHash = hashOf(token);
  const organizationId = await locateConnectLink(lookups, tokenHash);
  const open =
    organizationId && (await database.asTenant(organizationId, (tx) => loadLink(tx, organizationId, { tokenHash })));
  if (!open) return { ended: ending('link_unknown'), link: null };
  const trouble = troubleWith(open);
  return trouble === null ? { open } : { ended: endingOf(open, trouble), link: open };
}

/** After these another try with the same link makes sense. */
const RETRIED: ReadonlySet<Outcome> = new Set([
  ...(['held', 'denied', 'state_expired', 'state_used', 'not_configured'] as const),
  ...(['provider_error', 'answer_refused', 'exchange_failed', 'provider_unreachable'] as const),
]);

/** What the page may say about a link that did exist. `retryToken` is shown only where it makes sense. */
export function endingOf(
  { organization, client, service, link }: OpenLink,
  outcome: Outcome,
  more: Partial<Ending> = {},
): Ending {
  const usedWell = outcome === 'connected' || outcome === 'held' || outcome === 'denied' || outcome === 'link_used';
  return ending(outcome, {
    brand: organization,
    locale: client.locale,
    clientName: client.name,
    serviceName: service.displayName,
    returnUrl: usedWell ? link.returnUrl : null,
    ...more,
    retryToken: RETRIED.has(outcome) ? (more.retryToken ?? null) : null,
  });
}

/** Commits the audit row before anything is done for a visitor. Throws Problem `audit_unavailable`. */
export async function auditVisit(
  { audit }: Pick<ConnectParts, 'audit'>,
  caller: Caller,
  action: string,
  open: OpenLink,
): Promise<void> {
  await audit.commit(visitEntry(caller, action, open, 'admitted'));
}

/** Notes how a visit failed; a visitor is not kept waiting for it. */
export function noteFailure(
  { refusals }: Pick<ConnectParts, 'refusals'>,
  caller: Caller,
  action: string,
  open: OpenLink | null,
  code: string,
): void {
  refusals.note(
    open === null ? auditEntry(caller, { action, scope: null }, null, code) : visitEntry(caller, action, open, code),
  );
}

function visitEntry(caller: Caller, action: string, { link, connection }: OpenLink, code: string): AuditEntry {
  const { organizationId, clientId, service } = link;
  return {
    ...auditEntry(caller, { action, scope: null, clientId, service }, null, code),
    organizationId,
    actor: `connect-link:${link.id}`,
    connectionId: connection?.id ?? null,
  };
}
