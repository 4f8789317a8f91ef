import { randomUUID } from 'node:crypto';
import type { ServingConnection, ServingService } from '../../repositories/serving';
import { fingerprint } from '../../secrets/fingerprint';
import type { ConnectionName } from '../../types/credential';
import { plaintextBytes } from '../../vault/record';
import type { Vault } from '../../vault/vault';
import { tokenContext } from '../seal-contexts';
import { credentialAnswer } from './answer';

/** An answer of which all is known but the secret, which stays sealed until somebody may have it. */
export interface PreparedAnswer {
  connection: ServingConnection;
  /** Of the whole answer, in bytes. */
  length: number;
  /** Opens the secret and writes the answer to the beginning of `into`, which then has to be zeroed. Throws as Vault.open does. */
  write(into: Buffer): void;
  /** What it weighs in memory. */
  bytes: number;
}

/** Subkey, associated data and the objects around them; *measured*: 1,600 on the heap, and some hundred bytes for each piece of memory outside. */
const OBJECTS_BYTES = 2_300;

// Never leaves this process, and nobody can guess it: so no member of an answer holds it but where the secret belongs.
const PLACE = randomUUID();

/**
 * Prepares the answer of a connection whose secret appears in it as it is. null for all others: username and password, which are taken
 * apart, and secrets that JSON would have to escape. Throws as Vault.open does.
 */
export function prepareAnswer(
  vault: Vault,
  asked: ConnectionName,
  service: ServingService,
  connection: ServingConnection,
): PreparedAnswer | null {
  const { id, kind, tenant, generation, accessSealed, accessKeyVersion } = connection;
  if (kind === 'basic' || accessSealed === null) return null;
  const context = tokenContext({ ...asked, id, tenant }, 'access_token', generation);
  const open = vault.opener('access', context, accessSealed, accessKeyVersion ?? undefined);
  const secret = open();
  const answersTo = isPlain(secret) ? fingerprint(id, secret.toString('latin1')) : null;
  secret.fill(0);
  if (answersTo === null) return null;

  const answer = { ...credentialAnswer(asked, service, connection, PLACE), fingerprint: answersTo };
  const pieces = inOneBuffer(JSON.stringify(answer).split(PLACE));
  const around = pieces.reduce((sum, { length }) => sum + length, 0);
  return {
    connection,
    length: around + (pieces.length - 1) * plaintextBytes(accessSealed),
    write: (into) => writeBetween(pieces, open(), into),
    bytes: OBJECTS_BYTES + around,
  };
}

/** Memory of their own: pieces of the Buffer that Node shares out would keep all of that. */
function inOneBuffer(texts: readonly string[]): Buffer[] {
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const whole = Buffer.allocUnsafeSlow(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  return texts.map((text, index) => {
    whole.write(text, at);
    return whole.subarray(at, (at += lengths[index] ?? 0));
  });
}

function writeBetween(pieces: readonly Buffer[], secret: Buffer, into: Buffer): void {
  let at = 0;
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) at += secret.copy(into, at);
    at += piece.copy(into, at);
  }
  secret.fill(0);
}

/** Printable ASCII that JSON writes as it is. One record always opens to the same bytes, so it is looked at once. */
function isPlain(secret: Buffer): boolean {
  return secret.every((byte) => byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c);
}
