import type { Preset, Scope } from '../../secrets/scopes';
import type { KeyEnvironment, KeyLimits } from '../../types/access-key';
import type { Principal } from '../access/principal';
import { limitsOf } from './limits';
import { reachOf } from './reach';

/** What may be changed later: all that a key may do, and until when. */
export interface KeyChanges {
  name?: string | undefined;
  scopes?: readonly Scope[] | undefined;
  /** null: every client of the organization. */
  clientIds?: readonly string[] | null | undefined;
  /** null: every service. */
  services?: readonly string[] | null | undefined;
  /** Of these too only what is given changes; null takes a limit away. */
  limits?: KeyLimits | undefined;
  /** null: never. */
  expiresAt?: Date | null | undefined;
}

/** `preset`, `scopes`, or both: the scopes are then beyond those of the preset. What is left out is as wide as the caller's own. */
export interface NewKey extends KeyChanges {
  name: string;
  preset?: Preset | undefined;
  environment?: KeyEnvironment | undefined;
}

/** What a new key may do unless it is given less: the same as the caller, for as long. */
export function asWideAs(who: Principal) {
  const { scopes, clientIds, services } = reachOf(who);
  return { scopes, clientIds, services, limits: limitsOf(who), expiresAt: who.expiresAt };
}
