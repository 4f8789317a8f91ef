import type { Tx } from '../../db/database';
import type { Logger } from '../../log/logger';
import {
  noteAnswer,
  noteFailures,
  openIncident,
  scheduleProbe,
  type Evidence,
} from '../../repositories/provider-incidents';
import { tellOfOutage } from './incidents';
import { SECOND } from './moments';

/** What an attempt says about its provider's host. */
export interface HostReport {
  host: string;
  /** As it was known when the attempt was claimed; `out`: the attempt is a probe. */
  state: 'well' | 'suspected' | 'out';
  /** `answers`: also with a refusal. */
  verdict: 'answers' | 'fails';
  code: string;
  /** By whom the failure is known, so that one broken connection is not taken for an outage. */
  witness: string;
  /** Whose connection it was: what one organization alone sees stops no other. */
  organizationId: string;
  startedAt: Date;
}

/** The circuit breakers, one per host, shared by all workers: from the ends of attempts to incidents. */
export interface HostHealth {
  /** The reports that change what is known: none, as long as all is well. */
  newsIn(reports: readonly HostReport[]): HostReport[];
  /** In the transaction that writes the ends of these attempts. */
  write(tx: Tx, news: readonly HostReport[]): Promise<void>;
  /** After its commit. */
  remember(news: readonly HostReport[]): void;
}

/**
 * Twenty in a row: where half of all calls fail, a million of them show it once, and 20 failures are there within seconds of a real outage
 * that matters, within minutes at ten connections. Five seconds, so that a worker without a network is contradicted by the others first.
 */
const OUTAGE = { failures: 20, witnesses: 3, spanMs: 5 * SECOND };
/** A certificate is the same for everybody who looks at it; only behind a pattern it is one customer's. */
const TLS_FAILURES = 3;

export function isOutage(
  host: string,
  { failures, witnesses, spanMs, code }: Omit<Evidence, 'id' | 'isOpen'>,
): boolean {
  const certificate = code.startsWith('tls.') && !host.includes('{');
  if (certificate) return failures >= TLS_FAILURES;
  return failures >= OUTAGE.failures && witnesses >= OUTAGE.witnesses && spanMs >= OUTAGE.spanMs;
}

const PROBE_EVERY_S = 10;
const PROBE_JITTER_S = 10;

export function createHostHealth({ random, log }: { random: () => number; log: Logger }): HostHealth {
  /** Hosts that failed here since their last answer: what was claimed before that clears them, too. */
  const doubted = new Set<string>();
  const nextProbeS = (): number => PROBE_EVERY_S + random() * PROBE_JITTER_S;

  return {
    newsIn: (reports) =>
      reports.filter(({ host, verdict, state }) => verdict === 'fails' || state !== 'well' || doubted.has(host)),

    async write(tx, news) {
      for (const [host, reports] of byHost(news)) {
        const { answered, failed } = summed(reports);
        if (answered && (await noteAnswer(tx, host))) log.info('a provider answers again', { host });
        if (failed.length === 0) continue;
        const evidence = await noteFailures(tx, { host, ...factsOf(failed) });
        if (evidence.isOpen) {
          if (failed.some(({ state }) => state === 'out')) await scheduleProbe(tx, host, nextProbeS());
        } else {
          if (!isOutage(host, evidence)) continue;
          log.error('a provider is out: only probes are sent until it answers', { host, code: evidence.code });
          await openIncident(tx, evidence.id, nextProbeS());
        }
        await tellOfOutage(tx, evidence.id);
      }
    },

    remember(news) {
      for (const { host, verdict } of news) {
        if (verdict === 'fails') doubted.add(host);
        else doubted.delete(host);
      }
    },
  };
}

/** In one order, so that two workers' batches cannot wait for each other. */
function byHost(news: readonly HostReport[]): [string, HostReport[]][] {
  const hosts = [...new Set(news.map(({ host }) => host))].sort();
  return hosts.map((host) => [host, news.filter((report) => report.host === host)]);
}

/** Attempts end in the order of their reports: what failed before an answer counts no more. */
function summed(reports: readonly HostReport[]): { answered: boolean; failed: HostReport[] } {
  const lastAnswer = reports.map(({ verdict }) => verdict).lastIndexOf('answers');
  return { answered: lastAnswer >= 0, failed: reports.slice(lastAnswer + 1) };
}

function factsOf(failed: readonly HostReport[]) {
  const [first, ...more] = new Set(failed.map(({ organizationId }) => organizationId));
  return {
    organizationId: more.length === 0 ? (first ?? null) : null,
    failures: failed.length,
    witnesses: failed.map(({ witness }) => witness),
    code: failed.at(-1)?.code ?? '',
    since: new Date(Math.min(...failed.map(({ startedAt }) => startedAt.getTime()))),
  };
}
