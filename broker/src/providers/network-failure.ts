import type { FailureClass } from './classification-rules';

/** Node's error codes to ours; every `code` is stored, so they are words of ours, never a message of Node's. */
const CODES: Partial<Record<string, string>> = {
  OUTBOUND_REFUSED: 'outbound_refused',
  ECONNREFUSED: 'connection_refused',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ECONNRESET: 'connection_reset',
  EPIPE: 'connection_reset',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
};

/** OpenSSL's verification errors, as Node names them, have no common prefix; these are the words they are made of. */
const TLS = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_|^EPROTO$|ALTNAME/;

/** The class and code of a request that got no complete answer. TLS codes begin with `tls.`: those alert. */
export function networkFailure(error: unknown): { class: FailureClass; code: string } {
  const nodeCode = codeOf(error) ?? '';
  const known = CODES[nodeCode];
  if (known !== undefined) return { class: 'transient', code: known };
  if (nodeCode.startsWith('HPE_')) return { class: 'malformed', code: 'not_http' };
  if (TLS.test(nodeCode))
    return { class: 'transient', code: `tls.${nodeCode.toLowerCase().replace(/[^a-z0-9_]/g, '')}`.slice(0, 64) };
  return { class: 'transient', code: 'network' };
}

/** Wreck wraps Node's error in one of its own and keeps it as `data`. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, data } = error as { code?: unknown; data?: { code?: unknown } };
  if (typeof code === 'string') return code;
  return typeof data?.code === 'string' ? data.code : undefined;
}
