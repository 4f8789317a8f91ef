import { z } from 'zod';
import type { Database } from '../../db/database';
import { listAudit, spanOfAudit, type AuditFilter, type AuditRecord } from '../../repositories/audit-reading';
import type { Authorize } from '../access/authorize';
import type { Caller, Principal } from '../access/principal';
import { pageOf, positionOf, type Page, type PageRequest } from '../page';

/** Which records; what is not said lets all through. */
export interface AuditQuery {
  clientId?: string | null | undefined;
  service?: string | undefined;
  /** The id of an access key. */
  keyId?: string | undefined;
  action?: string | undefined;
  /** Without it: 24 hours before `until`. */
  since?: Date | undefined;
  /** Without it: now. */
  until?: Date | undefined;
}

export type AuditView = Omit<AuditRecord, 'position'>;

/** Who did what in the caller's organization, newest first; a limited key sees what concerns its clients and services. */
export type ReadAudit = (caller: Caller, query: AuditQuery & PageRequest) => Promise<Page<AuditView>>;

const POSITION = z.tuple([z.iso.datetime({ precision: 6 }), z.uuid(), z.int()]);

export function createReadAudit({ database, authorize }: { database: Database; authorize: Authorize }): ReadAudit {
  return async (caller, { limit, cursor, ...query }) => {
    const { clientId, service } = query;
    const who = await authorize(caller, { action: 'audit.read', scope: 'audit:read', clientId, service });
    const after = positionOf(cursor, POSITION);
    const rows = await database.asTenant(who.organizationId, async (tx) => {
      const filter = filterFor(who, query, await spanOfAudit(tx, query));
      return listAudit(tx, who.organizationId, { limit: limit + 1, after, filter, order: 'newest first' });
    });
    return pageOf(rows, limit, {
      position: (row) => [row.position, row.processId, row.sequence],
      show: auditViewOf,
    });
  };
}

/** What the query asks for, within what the caller may see. */
export function filterFor(
  { clientIds, services }: Principal,
  { keyId, ...asked }: AuditQuery,
  span: { since: Date; until: Date },
): AuditFilter {
  const actor = keyId === undefined ? undefined : `key:${keyId}`;
  return {
    ...asked,
    actor,
    ...span,
    onlyClients: clientIds && [...clientIds],
    onlyServices: services && [...services],
  };
}

export function auditViewOf({ position: _position, ...shown }: AuditRecord): AuditView {
  return shown;
}
