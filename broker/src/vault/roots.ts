import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { ConfigurationError } from '../errors/configuration-error';

/** A key that only wraps data keys. `id` is public: it tells "wrapped by another master" from "damaged". */
export interface Root {
  readonly id: string;
  readonly wrappingKey: KeyObject;
}

/** `full` is null in a process that was given ENCRYPTION_SERVE_KEY: it can never open a refresh token. */
export interface RootPair {
  readonly serve: Root;
  readonly full: Root | null;
}

/** `previous` is there while the master key is being replaced. */
export interface Roots {
  readonly current: RootPair;
  readonly previous: RootPair | null;
}

/**
 * Reads a 256-bit key of 64 hexadecimal digits, such as ENCRYPTION_MASTER_KEY.
 * Throws ConfigurationError, which gives `name` and `hint` and never quotes the value.
 */
export function parseMasterKey(name: string, hex: string, hint = 'make one with: openssl rand -hex 32'): KeyObject {
  const message = mistakeIn(hex);
  if (message !== null) throw new ConfigurationError([{ name, message, hint }]);
  return secretKey(Buffer.from(hex, 'hex'));
}

function mistakeIn(hex: string): string | null {
  if (hex === '') return 'is empty';
  if (/\s/.test(hex)) return 'contains white space or a line break';
  if (hex.length !== 64) return `must be 64 hexadecimal digits, not ${hex.length} characters`;
  if (!/^[0-9a-fA-F]*$/.test(hex)) return 'contains characters that are not hexadecimal digits';
  if (/^0*$/.test(hex)) return 'is all zeros, which is no secret';
  return null;
}

/** Both roots of a master key. */
export function rootsOfMaster(master: KeyObject): RootPair {
  return { serve: rootOf(derive(master, 'otobot/root/serve/v1')), full: rootOf(derive(master, 'otobot/root/full/v1')) };
}

/** The one root of a process that was given ENCRYPTION_SERVE_KEY instead of the master key. */
export function rootsOfServeKey(serveKey: KeyObject): RootPair {
  return { serve: rootOf(serveKey), full: null };
}

/** The value for ENCRYPTION_SERVE_KEY (64 hex), for an operator to hand to serving processes. A secret. */
export function serveRootOf(master: KeyObject): string {
  return derive(master, 'otobot/root/serve/v1').export().toString('hex');
}

// A root itself neither encrypts nor identifies: each use has a derived key of its own, so that the id says nothing
// about the wrapping key.
function rootOf(root: KeyObject): Root {
  const id = Buffer.from(hkdfSync('sha256', root, '', 'otobot/root-id/v1', 8)).toString('hex');
  return { id, wrappingKey: derive(root, 'otobot/root-wrap/v1') };
}

function derive(from: KeyObject, label: string): KeyObject {
  // HKDF needs no salt here: its input is already a uniformly random key.
  return secretKey(Buffer.from(hkdfSync('sha256', from, '', label, 32)));
}

function secretKey(bytes: Buffer): KeyObject {
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}
