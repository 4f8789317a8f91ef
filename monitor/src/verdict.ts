import type { Totals } from './report';

/** The states of a monitoring plug-in (Monitoring Plugins Development Guidelines, "Plugin Return Codes"). */
export const EXIT_CODES = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const;

export interface Verdict {
  state: 'OK' | 'WARNING' | 'CRITICAL';
  /** In a few words why. */
  summary: string;
}

/** Judges the totals, and so every selected connection, shown or not. */
export function verdictOf(totals: Totals): Verdict {
  const { expired, reconnect, keyUnavailable, expiring, consentEnding, refreshErrors } = totals;
  const critical = reasons([
    [reconnect, 'to be reconnected by the client', 'to be reconnected by their clients'],
    [expired, 'token expired', 'tokens expired'],
    [keyUnavailable, 'sealed with a missing key', 'sealed with a missing key'],
  ]);
  const warning = reasons([
    [expiring, 'token ends within 24 h', 'tokens end within 24 h'],
    [consentEnding, 'consent ends within 14 days', 'consents end within 14 days'],
  ]);
  if (critical.length > 0) return { state: 'CRITICAL', summary: [...critical, ...warning].join(', ') };
  if (warning.length > 0) return { state: 'WARNING', summary: warning.join(', ') };
  const errors = reasons([[refreshErrors, 'refresh is retried', 'refreshes are retried']]);
  return { state: 'OK', summary: errors[0] ?? 'nothing needs attention' };
}

function reasons(counts: readonly [count: number, one: string, many: string][]): string[] {
  return counts.filter(([count]) => count > 0).map(([count, one, many]) => `${count} ${count === 1 ? one : many}`);
}
