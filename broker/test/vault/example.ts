import { createSecretKey } from 'node:crypto';
import { Problem } from '../../src/errors/problem';
import { createDataKey } from '../../src/vault/data-key';
import type { DataKeyRow, Purpose } from '../../src/types/data-key';
import type { SealContext } from '../../src/vault/record';
import { rootsOfMaster, type Roots } from '../../src/vault/roots';

/** A master key of one repeated byte; never a real one. */
export function masterOf(byte: number) {
  return createSecretKey(Buffer.alloc(32, byte));
}

export function rootsOf(byte: number): Roots {
  return { current: rootsOfMaster(masterOf(byte)), previous: null };
}

/** One primary key per purpose named, with versions from 1 on. */
export function primaryRows(roots: Roots, purposes: readonly Purpose[]): DataKeyRow[] {
  return purposes.map((purpose, at) => ({ ...createDataKey(roots, { version: at + 1, purpose }), status: 'primary' }));
}

export const tokenContext: SealContext = {
  organizationId: 'b7c1c0de-0000-4000-8000-000000000001',
  clientId: 'acme',
  service: 'google',
  kind: 'token_set',
  rowId: '4711',
  field: 'refresh_token',
  generation: 7,
  audience: 'https://oauth2.googleapis.com',
};

/** The code of the Problem that an action throws, or what happened instead. */
export function problemCodeOf(action: () => unknown): string {
  try {
    action();
    return 'nothing thrown';
  } catch (error) {
    return error instanceof Problem ? error.code : `not a Problem: ${String(error)}`;
  }
}
