import { Problem } from '../../errors/problem';
import type { AuditEntry, Quota } from '../../repositories/audit';
import type { Scope } from '../../secrets/scopes';
import type { AuditLane } from '../audit/audit-lane';
import type { Refusals } from '../audit/refusals';
import type { Authenticator } from './authenticate';
import { decideOnFreshFacts } from './decide';
import type { Caller, Principal } from './principal';

/** What a caller wants to do. clientId null: to the organization's own; undefined: to no client in particular. */
export interface Ask {
  action: string;
  /** null: every valid key may. */
  scope: Scope | null;
  clientId?: string | null | undefined;
  service?: string | undefined;
  /** It reaches whatever the client has, of every service: not for a key that is limited to some. */
  everyService?: boolean;
  /** Finds whose the object is that an id names, within the caller's organization. Throws Problem `not_found`. */
  locate?: (principal: Principal) => Promise<Located>;
  /** For the audit, when the object is no client, service or connection. Never a secret. */
  detail?: Readonly<Record<string, string | number>>;
}

/** Whose an object is: what the limits of a key are compared with, and what the audit names. */
export interface Located {
  clientId: string | null;
  service: string;
  /** null: the object is no connection. */
  connectionId: string | null;
}

/** The first line of every service function: recognises the caller, checks that he may, and commits the audit row before anything is done. */
export type Authorize = (caller: Caller, ask: Ask) => Promise<Principal>;

export interface AuthorizeParts {
  authenticator: Authenticator;
  audit: AuditLane;
  refusals: Refusals;
}

export function createAuthorize({ authenticator, audit, refusals }: AuthorizeParts): Authorize {
  return async (caller, ask) => {
    let principal: Principal | null = null;
    let located: Located | null = null;
    const entry = (code: string): AuditEntry => ({
      ...auditEntry(caller, { ...ask, ...located }, principal, code),
      ...idOf(located),
    });

    const decide = async (): Promise<Principal | null> => {
      principal = null;
      located = null;
      principal = await authenticator.authenticate(caller.presented);
      mayOrThrow(principal, ask);
      if (ask.locate !== undefined) {
        located = await ask.locate(principal);
        mayOrThrow(principal, { ...ask, ...located });
      }
      const decidedOn = { policyVersion: principal.policyVersion, connectionVersion: null, usableUntil: null };
      return (await audit.commit(entry('admitted'), decidedOn)) === 'committed' ? principal : null;
    };
    try {
      return await decideOnFreshFacts(decide, () => authenticator.forget(caller.presented, principal));
    } catch (error) {
      if (error instanceof Problem) refusals.note(entry(error.code));
      throw error;
    }
  };
}

const idOf = (located: Located | null): { connectionId: string | null } | null =>
  located && { connectionId: located.connectionId };

/** Throws Problem `scope_missing` or `client_not_allowed`. */
export function mayOrThrow(principal: Principal, { scope, clientId, service, everyService = false }: Ask): void {
  if (scope !== null && !principal.scopes.has(scope)) {
    throw new Problem(
      'scope_missing',
      `This access key lacks the scope ${scope}. Use a key that has it, or add it with: otobot access-key edit`,
      { extras: { scope } },
    );
  }
  if (
    clientId !== undefined &&
    principal.clientIds !== null &&
    !(clientId !== null && principal.clientIds.has(clientId))
  ) {
    throw new Problem(
      'client_not_allowed',
      `This access key may not act for ${clientId === null ? 'the organization itself' : `client "${clientId}"`}.`,
    );
  }
  if (service !== undefined && principal.services !== null && !principal.services.has(service)) {
    throw new Problem('client_not_allowed', `This access key may not use service "${service}".`);
  }
  if (everyService && principal.services !== null) {
    throw new Problem(
      'client_not_allowed',
      'This access key is limited to some services, and this reaches all of them.',
    );
  }
}

export function auditEntry(caller: Caller, ask: Ask, principal: Principal | null, code: string): AuditEntry {
  return {
    organizationId: principal?.organizationId ?? null,
    action: ask.action,
    code,
    actor: principal?.actor ?? 'unknown',
    clientId: ask.clientId ?? null,
    service: ask.service ?? null,
    connectionId: null,
    generation: null,
    address: caller.address,
    userAgent: caller.userAgent,
    requestId: caller.requestId,
    workflowId: caller.workflowId ?? null,
    executionId: caller.executionId ?? null,
    detail: ask.detail ?? null,
  };
}

/** What the audit counts a release against; null: the caller has no quota. */
export function quotaOf({ keyId, quota }: Principal): Quota | null {
  return keyId === null || quota === null ? null : { keyId, ...quota };
}
