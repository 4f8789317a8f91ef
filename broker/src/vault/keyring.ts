import type { KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { ConfigurationError } from '../errors/configuration-error';
import { rootFor, unwrap, wrapperOf } from './data-key';
import type { DataKeyRow, Purpose } from '../types/data-key';
import type { Roots } from './roots';

export interface DataKey {
  readonly version: number;
  readonly purpose: Purpose;
  readonly key: KeyObject;
}

/** A data key that is in the table but cannot be used here, and why. */
export interface MissingVersion {
  readonly version: number;
  readonly purpose: Purpose;
  readonly reason: 'other_master' | 'damaged';
}

/** The data keys that this process can use. A class only to keep them out of logs. */
export class Keyring {
  readonly #held = new Map<number, DataKey>();
  readonly #primaries = new Map<Purpose, DataKey>();
  readonly #missing: MissingVersion[] = [];
  readonly #needsRewrap: number[] = [];

  /**
   * Unwraps every key that the roots are for; a table without keys gives an empty keyring.
   * Throws ConfigurationError, naming the variable, when there are keys and none of them unwraps.
   */
  constructor({ roots, rows }: { roots: Roots; rows: readonly DataKeyRow[] }) {
    const ours = rows.filter(
      ({ purpose, status }) => status !== 'destroyed' && rootFor(roots.current, purpose) !== null,
    );
    for (const row of [...ours].sort((a, b) => a.version - b.version)) this.#add(roots, row);
    if (ours.length > 0 && this.#held.size === 0) throw wrongMaster(roots, this.#missing);
  }

  #add(roots: Roots, row: DataKeyRow): void {
    const { version, purpose, status } = row;
    const root = wrapperOf(roots, row);
    const key = root === null ? null : unwrap(root, row);
    if (key === null) {
      this.#missing.push({ version, purpose, reason: root === null ? 'other_master' : 'damaged' });
      return;
    }
    const dataKey = { version, purpose, key };
    this.#held.set(version, dataKey);
    // A pending key opens already, because another process may have seen its promotion before this one.
    if (status === 'primary') this.#primaries.set(purpose, dataKey);
    if (row.wrappedBy !== rootFor(roots.current, purpose)?.id) this.#needsRewrap.push(version);
  }

  /** The key that seals now, or null when this purpose has none here. */
  primary(purpose: Purpose): DataKey | null {
    return this.#primaries.get(purpose) ?? null;
  }

  find(version: number): DataKey | null {
    return this.#held.get(version) ?? null;
  }

  /** The versions held, ascending. */
  versions(): number[] {
    return [...this.#held.keys()];
  }

  /** Versions that should be here and are not. Purposes that a serve key cannot open are not missing. */
  missingVersions(): readonly MissingVersion[] {
    return this.#missing;
  }

  /** The versions still wrapped by the previous master key. */
  needsRewrap(): readonly number[] {
    return this.#needsRewrap;
  }

  toJSON(): { versions: number[]; missing: readonly MissingVersion[] } {
    return { versions: this.versions(), missing: this.#missing };
  }

  [inspect.custom](): string {
    return `Keyring ${JSON.stringify(this)}`;
  }
}

const RIGHT_KEY = {
  ENCRYPTION_MASTER_KEY:
    'give the key that was in use when the data was written; while replacing it, also ENCRYPTION_MASTER_KEY_PREVIOUS',
  ENCRYPTION_SERVE_KEY: 'where the master key of this database is, `otobot keys serve-key` shows it',
};

function wrongMaster(roots: Roots, missing: readonly MissingVersion[]): ConfigurationError {
  const name = roots.current.full === null ? 'ENCRYPTION_SERVE_KEY' : 'ENCRYPTION_MASTER_KEY';
  const other = missing.every(({ reason }) => reason === 'other_master');
  return new ConfigurationError([
    {
      name,
      message: other
        ? 'is not the key that this database was encrypted with'
        : 'unwraps none of the data keys in this database, although some name it: table encryption_keys is damaged',
      hint: other ? RIGHT_KEY[name] : 'restore table encryption_keys from a backup',
    },
  ]);
}
