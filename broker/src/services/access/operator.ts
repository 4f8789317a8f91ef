import { randomUUID } from 'node:crypto';
import type { Caller } from './principal';

/** Somebody at the machine itself, who runs `otobot`: whoever may read the master key needs no access key. */
export function operatorCaller(organization: string): Caller {
  return { presented: { kind: 'operator', organization }, address: null, userAgent: 'otobot', requestId: randomUUID() };
}
