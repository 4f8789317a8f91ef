/** What a data key is for: access tokens and API keys; refresh tokens, client secrets and what else makes tokens; and so on. */
export type Purpose = 'access' | 'pepper' | 'audit' | 'refresh' | 'session';

/** A data key as table `encryption_keys` has it. Versions are one sequence over all purposes. */
export interface DataKeyRow {
  version: number;
  purpose: Purpose;
  status: 'pending' | 'primary' | 'decrypt_only' | 'destroyed';
  /** null once destroyed. */
  wrappedKey: Buffer | null;
  /** The public id of the root that wraps it. */
  wrappedBy: string;
}

/** A row that has a key. */
export type WrappedDataKeyRow = DataKeyRow & { wrappedKey: Buffer };
