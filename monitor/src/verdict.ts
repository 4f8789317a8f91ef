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
  const { expired, reconnect, keyUnavailable, expiring, consentEnding, refreshErrors, liveWorkers } = totals;
  const { refreshingPaused, spooled, providersOut } = totals;
  const critical = [
    ...some(reconnect, 'to reconnect'),
    ...some(expired, 'expired'),
    ...some(keyUnavailable, 'without their key'),
  ];
  const warning = [
    ...some(expiring, expiring === 1 ? 'token ends within 24 h' : 'tokens end within 24 h'),
    ...(expiring > 0 && liveWorkers === 0 ? ['no live worker'] : []),
    ...some(providersOut, providersOut === 1 ? 'provider is out' : 'providers are out'),
    ...(refreshingPaused ? ['refreshing is paused'] : []),
    ...some(spooled, spooled === 1 ? 'answer waits in a spool' : 'answers wait in a spool'),
    ...some(consentEnding, consentEnding === 1 ? 'consent ends within 14 d' : 'consents end within 14 d'),
  ];
  if (critical.length > 0) return { state: 'CRITICAL', summary: [...critical, ...warning].join(', ') };
  if (warning.length > 0) return { state: 'WARNING', summary: warning.join(', ') };
  const [retried] = some(refreshErrors, refreshErrors === 1 ? 'refresh is retried' : 'refreshes are retried');
  return { state: 'OK', summary: retried ?? quiet(totals) };
}

const some = (count: number, what: string): string[] => (count > 0 ? [`${count} ${what}`] : []);

/** A mistyped filter must not look like good health. */
function quiet({ connections, allConnections }: Totals): string {
  if (connections > 0) return 'nothing needs attention';
  return allConnections > 0 ? 'no connection matches the filters' : 'there is no connection yet';
}
