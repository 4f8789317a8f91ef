import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { ConfigurationError } from '../errors/configuration-error';
import { Problem } from '../errors/problem';
import type { DataKeyRow, Purpose, WrappedDataKeyRow } from '../types/data-key';
import { lengthPrefixed } from './length-prefixed';
import type { Root, RootPair, Roots } from './roots';
import { xaesOpen, xaesSeal } from './xaes';

/**
 * What a data key is for, and the root that wraps it. Serving needs the first three only;
 * `refresh` seals everything that could be turned into new tokens.
 */
const ROOT_OF_PURPOSE = {
  access: 'serve',
  pepper: 'serve',
  audit: 'serve',
  refresh: 'full',
  session: 'full',
} as const satisfies Record<Purpose, keyof RootPair>;

export const PURPOSES = Object.keys(ROOT_OF_PURPOSE) as Purpose[];

/** Makes a fresh data key, wrapped by the current root. Throws ConfigurationError in a process without that root. */
export function createDataKey(
  roots: Roots,
  { version, purpose }: Pick<DataKeyRow, 'version' | 'purpose'>,
): WrappedDataKeyRow {
  const key = randomBytes(32);
  const wrapped = wrap(roots, { version, purpose }, key);
  key.fill(0);
  return { version, purpose, status: 'pending', ...wrapped };
}

/**
 * The same data key wrapped by the current root, when the master key is replaced; nothing sealed with it changes.
 * Throws Problem `key_unavailable` when neither root given wraps it, `integrity` when the row is damaged.
 */
export function rewrap(roots: Roots, row: DataKeyRow): WrappedDataKeyRow {
  const root = wrapperOf(roots, row);
  if (root === null)
    throw new Problem('key_unavailable', `Key version ${row.version} is wrapped by another master key.`);
  const key = unwrap(root, row);
  if (key === null) throw new Problem('integrity', `Key version ${row.version} does not unwrap: its row is damaged.`);
  return { ...row, ...wrap(roots, row, key.export()) };
}

/** The root that keys of this purpose need, or null where the process was not given it. */
export function rootFor(pair: RootPair, purpose: Purpose): Root | null {
  return pair[ROOT_OF_PURPOSE[purpose]];
}

/** The root that the row names, or null when it is neither the current nor the previous one. */
export function wrapperOf({ current, previous }: Roots, { purpose, wrappedBy }: DataKeyRow): Root | null {
  const candidates = [rootFor(current, purpose), previous === null ? null : rootFor(previous, purpose)];
  return candidates.find((root) => root?.id === wrappedBy) ?? null;
}

/** The data key, or null when the row was destroyed or altered: another version or purpose, or damaged bytes. */
export function unwrap(root: Root, row: DataKeyRow): KeyObject | null {
  if (row.wrappedKey === null) return null;
  try {
    const bytes = xaesOpen(root.wrappingKey, wrapContext(row), row.wrappedKey);
    const key = createSecretKey(bytes);
    bytes.fill(0);
    return key;
  } catch {
    return null;
  }
}

function wrap(roots: Roots, row: Pick<DataKeyRow, 'version' | 'purpose'>, key: Buffer) {
  const root = rootFor(roots.current, row.purpose);
  if (root === null) {
    const message = `is needed to wrap a key of purpose ${row.purpose}`;
    throw new ConfigurationError([
      { name: 'ENCRYPTION_MASTER_KEY', message, hint: 'ENCRYPTION_SERVE_KEY alone only serves' },
    ]);
  }
  return { wrappedKey: xaesSeal(root.wrappingKey, wrapContext(row), key), wrappedBy: root.id };
}

// Bound to version and purpose: a database writer can neither swap two keys nor pass one off as another purpose's.
function wrapContext({ version, purpose }: Pick<DataKeyRow, 'version' | 'purpose'>): Buffer {
  return lengthPrefixed(['otobot/data-key/v1', String(version), purpose]);
}
