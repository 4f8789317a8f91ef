import { Problem } from '../../errors/problem';
import type { Vault } from '../../vault/vault';
import { auditEntry, mayOrThrow } from '../access/authorize';
import type { Caller, Principal } from '../access/principal';
import type { AuditLane } from '../audit/audit-lane';
import type { Refusals } from '../audit/refusals';
import type { DatabaseClock } from '../database-clock';
import { connectionOrThrow } from './checks';
import { askOf, nameOf, type CredentialRequest } from './credential-request';
import type { FactsCache } from './facts-cache';
import { freshnessOf } from './freshness';
import { prepareAnswer, type PreparedAnswer } from './prepared-answer';

/** The same decision as serveCredential, for a read of which everything is remembered. */
export interface ReadRemembered {
  /** null: something is missing or stands against it. serveCredential then finds out, waits, or refuses in words. */
  find(principal: Principal, request: CredentialRequest): PreparedAnswer | null;
  /**
   * Opens the credential into `into` and commits the audit. true: it may leave. false: the facts have changed and are forgotten; ask
   * serveCredential. Throws Problem `audit_unavailable`, and as Vault.open does.
   */
  release(caller: Caller, read: Read, into: Buffer): Promise<boolean>;
}

export interface Read {
  principal: Principal;
  request: CredentialRequest;
  /** As `find` gave it. */
  answer: PreparedAnswer;
}

export interface ReadRememberedParts {
  facts: FactsCache;
  vault: Vault;
  audit: AuditLane;
  refusals: Refusals;
  clock: DatabaseClock;
}

export function createReadRemembered({ facts, vault, audit, refusals, clock }: ReadRememberedParts): ReadRemembered {
  const prepared = (principal: Principal, request: CredentialRequest): PreparedAnswer | null => {
    if (principal.quota !== null || request.minTtlSeconds !== null || request.rejected !== null) return null;
    mayOrThrow(principal, askOf(request));
    const asked = nameOf(principal, request);
    const remembered = facts.recall(asked);
    // The key and the credential must have been judged under the same rules.
    if (remembered?.facts.policyVersion !== principal.policyVersion) return null;
    const { service, connection } = connectionOrThrow(asked, remembered.facts);
    if (freshnessOf(connection, null, clock.now()) !== 'fresh') return null;
    if (remembered.answer !== null) return remembered.answer;
    const answer = prepareAnswer(vault, asked, service, connection);
    if (answer !== null) facts.keep(asked, remembered, answer);
    return answer;
  };

  return {
    find: (principal, request) => {
      try {
        return prepared(principal, request);
      } catch (error) {
        if (error instanceof Problem) return null;
        throw error;
      }
    },

    async release(caller, { principal, request, answer }, into) {
      const entry = auditEntry(caller, askOf(request), principal, 'released');
      try {
        answer.write(into);
        const { id, generation, version, expiresAt } = answer.connection;
        entry.connectionId = id;
        entry.generation = generation;
        const decidedOn = {
          policyVersion: principal.policyVersion,
          connectionVersion: version,
          usableUntil: expiresAt,
        };
        if ((await audit.commit(entry, decidedOn)) === 'committed') return true;
        facts.forget(nameOf(principal, request));
        return false;
      } catch (error) {
        if (error instanceof Problem)
          refusals.note({ ...entry, code: error.code, connectionId: null, generation: null });
        throw error;
      }
    },
  };
}
