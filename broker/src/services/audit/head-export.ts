import type { Logger } from '../../log/logger';
import type { OutboundAgents } from '../../outbound/outbound';
import { request } from '../../outbound/request';
import type { AuditHead } from '../../types/audit-seal';

/** Tells the newest head to places apart from this database. Never throws. */
export type ExportHead = (head: AuditHead) => Promise<void>;

export interface HeadExportParts {
  /** null: only the log is told. */
  url: string | null;
  agents: Pick<OutboundAgents, 'http' | 'https'>;
  log: Logger;
}

const TIMEOUT_MS = 10_000;
const EVERY_MS = 60_000;

/** At most once a minute, and only when the head has moved: who keeps one elsewhere can show later that the chain was cut or rewritten. */
export function createHeadExport({ url, agents, log }: HeadExportParts, everyMs = EVERY_MS): ExportHead {
  let told: string | null = null;
  let toldAtMs = -Infinity;
  return async (newest) => {
    if (newest.head === told || performance.now() - toldAtMs < everyMs) return;
    [told, toldAtMs] = [newest.head, performance.now()];
    const { id, head, rows } = newest;
    const sealedAt = newest.sealedAt.toISOString();
    log.info('audit head', { id, head, rows, sealedAt });
    if (url === null) return;
    const body = JSON.stringify({ id, head, rows, sealedAt });
    const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
    const answer = await request('POST', { url, headers, agents, timeoutMs: TIMEOUT_MS }, body);
    // The URL may hold a token; its name is enough.
    if ('failed' in answer)
      log.warn('AUDIT_HEAD_URL was not reached', { seal: id, error: (answer.failed as Error).message });
    else if (answer.status >= 300) log.warn('AUDIT_HEAD_URL refused the head', { seal: id, status: answer.status });
  };
}
