import type { ClaimedConnection } from '../../repositories/refresh-claims';
import type { Ending } from './attempt';
import type { AppReport } from './ended-attempts';
import type { HostReport } from './host-health';
import type { NextState, Outcome } from './state';

/** What an ended attempt says about its app. */
export function appReport({ app, organizationId }: ClaimedConnection, ending: Ending, next: NextState): AppReport {
  const { outcome, errorCode, secretPosition } = ending;
  return {
    ...{ id: app.id, organizationId, verdict: next.app, code: errorCode ?? '' },
    retryAfterMs: 'retryAfterMs' in outcome ? outcome.retryAfterMs : null,
    wasSuspended: app.suspended,
    recovers: app.throttled && (outcome.class === 'granted' || outcome.class === 'alive'),
    ...{ acceptedPosition: secretPosition, knownPosition: app.secretPosition },
  };
}

const FAILURES: readonly Outcome['class'][] = ['transient', 'malformed', 'uncertain'];

/** What the attempt says about the provider's host: who refuses, for whatever reason, is there. */
export function hostReport(claim: ClaimedConnection, ending: Ending): HostReport | null {
  const { id, organizationId, service, startedAt, provider } = claim;
  const { host, hostState: state } = provider;
  const { outcome, errorCode, httpStatus, durationMs, askedHost } = ending;
  if (host === null || durationMs === null) return null;
  const isOneOfMany = host === service || host.includes('{');
  // A token is checked elsewhere than it would be renewed.
  if (!isOneOfMany && askedHost !== host) return null;
  if (host.includes('{') && !isBehind(host, askedHost ?? '')) return null;
  const isThrottledOutage = outcome.class === 'throttled' && (httpStatus ?? 0) >= 500;
  const fails = FAILURES.includes(outcome.class) || isThrottledOutage;
  // Nothing of it left the machine, so nobody has answered.
  if (!fails && httpStatus === null) return null;
  // Behind a pattern there are many hosts, of which one may be gone.
  const witness = host.includes('{') ? (askedHost ?? id) : id;
  return {
    host,
    state,
    verdict: fails ? 'fails' : 'answers',
    code: errorCode ?? '',
    witness,
    organizationId,
    startedAt,
  };
}

/** Whether a host is one of those behind a pattern. */
function isBehind(pattern: string, host: string): boolean {
  const [before = '', after = ''] = pattern.split(/[{][^{}]*[}]/, 2);
  return host.startsWith(before) && host.endsWith(after);
}
