import type { Entry } from '../../../provider/scripted/provider.cjs';
import type { Evidence, Life } from './check.cjs';

/** A connection's current token set, sealed. */
export interface StoredTokens {
  id: string;
  clientId: string;
  service: string;
  generation: number;
  access: Buffer;
  refresh: Buffer;
}
interface Verdict {
  live: boolean;
  consent: string | null;
}

export interface Sources {
  /** As an owner of the tables, who sees every tenant. */
  query(text: string): Promise<unknown[]>;
  /** Of the provider; `judge` for many at once. */
  commands: {
    journal(): Entry[] | Promise<Entry[]>;
    judge(tokens: { accessToken: string; refreshToken: string }[]): Promise<{ refresh: Verdict; access: Verdict }[]>;
  };
  open(stored: StoredTokens): { accessToken: string; refreshToken: string };
  /** Of a connection: its consent at the provider; undefined: not looked at. */
  consentOf(connectionId: string): string | undefined;
  spoolFolder: string;
  /** Ids of attempts that were seen in a spool. */
  spooled?: string[];
  /** The table with all events; the outbox, unless some were taken out of it. */
  told?: string;
  lives?: Life[];
  outages?: Evidence['outages'];
}

/** Everything that `check` compares. Nothing may be changing any more. */
export function gather(sources: Sources): Promise<Evidence>;
