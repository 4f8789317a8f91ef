import { z } from 'zod';
import type { Database } from '../../db/database';
import { listAudit, type AuditFilter, type AuditRecord } from '../../repositories/audit-reading';
import type { Authorize } from '../access/authorize';
import type { Caller } from '../access/principal';
import { pageOf, positionOf, type Page, type PageRequest } from '../page';

export interface AuditQuery extends PageRequest {
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
export type ReadAudit = (caller: Caller, query: AuditQuery) => Promise<Page<AuditView>>;

const POSITION = z.tuple([z.iso.datetime({ precision: 6 }), z.uuid(), z.int()]);

export function createReadAudit({ database, authorize }: { database: Database; authorize: Authorize }): ReadAudit {
  return async (caller, { limit, cursor, keyId, since, until, ...asked }) => {
    const { clientId, service } = asked;
    const who = await authorize(caller, { action: 'audit.read', scope: 'audit:read', clientId, service });
    const { organizationId, clientIds, services } = who;
    const filter: AuditFilter = {
      ...asked,
      actor: keyId === undefined ? undefined : `key:${keyId}`,
      since: since ?? null,
      until: until ?? null,
      onlyClients: clientIds && [...clientIds],
      onlyServices: services && [...services],
    };
    const which = { limit: limit + 1, after: positionOf(cursor, POSITION), filter };
    const rows = await database.asTenant(organizationId, (tx) => listAudit(tx, organizationId, which));
    return pageOf(rows, limit, {
      position: (row) => [row.position, row.processId, row.sequence],
      show: ({ position: _position, ...shown }) => shown,
    });
  };
}
