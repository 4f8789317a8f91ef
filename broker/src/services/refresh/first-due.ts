import type { ConnectionKind } from '../../types/credential';
import { checkAgainAt, dueAt, type Lifetime } from './due';
import { latest, SECOND } from './moments';
import { wayOf, type RenewingService } from './way';

/** A credential that was just handed over. */
export interface HandedOver {
  kind: ConnectionKind;
  service: RenewingService & { minAgeSeconds: number | null };
  /** The earliest moment at which it may have been issued, as far as is known. */
  issuedAt: Date;
  /** In [0, 1). */
  random: number;
}

/** When it is renewed, or asked after, for the first time; null: never. `lifetime` null: it has no known end. */
export function firstDueAt({ kind, service, issuedAt, random }: HandedOver, lifetime: Lifetime | null): Date | null {
  const way = wayOf(kind, service);
  if (way === null) return null;
  if (way.by === 'check') return checkAgainAt(issuedAt, random);
  if (lifetime === null) return null;
  const oldEnough = new Date(issuedAt.getTime() + (service.minAgeSeconds ?? 0) * SECOND);
  return way.by === 'exchange' ? latest(dueAt(lifetime), oldEnough) : dueAt(lifetime);
}
