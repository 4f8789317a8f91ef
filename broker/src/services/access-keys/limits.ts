import type { AccessKeyFacts, KeyLimits } from '../../types/access-key';
import type { Principal } from '../access/principal';
import { withChanges } from '../changes';

/** Each limit of a key, as it is told to somebody who may not go beyond it. */
export const LIMITS: readonly { member: keyof KeyLimits; words: (limit: number) => string }[] = [
  { member: 'ratePerMinute', words: (limit) => `may make ${limit} requests a minute` },
  { member: 'quotaPerDay', words: (limit) => `is given ${limit} credentials a day` },
  { member: 'quotaPerMonth', words: (limit) => `is given ${limit} credentials a month` },
];

/** As they are stored and covered by the MAC: only those that there are. */
type Stored = Readonly<Record<string, number>>;

/** The limits of a caller, as a key's. */
export function limitsOf({ ratePerMinute, quota }: Principal): Stored {
  return withLimits(null, { ratePerMinute, quotaPerDay: quota?.perDay, quotaPerMonth: quota?.perMonth });
}

/** The limits with what is changed of them. */
export function withLimits(limits: AccessKeyFacts['limits'], changes: KeyLimits = {}): Stored {
  const merged = Object.entries(withChanges<KeyLimits>({ ...limits }, changes));
  return Object.fromEntries(merged.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}
