import type { Database } from '../../../db/database';
import { Problem } from '../../../errors/problem';
import type { Vault } from '../../../vault/vault';
import type { Authorize } from '../../access/authorize';
import type { Caller } from '../../access/principal';
import { readHeadFile, removeHeadFile, writeHeadFile, type RememberedHead } from '../head-file';
import type { Finding } from './finding';
import { verifyAudit, type Anchor, type Verification, type VerifyOptions } from './verify-audit';

export interface VerifyHere extends Omit<VerifyOptions, 'anchors'> {
  /** Heads that were kept elsewhere. */
  heads: readonly Anchor[];
  /** The end that is there is right, such as after a backup was restored: this machine remembers it from now on. */
  accept: boolean;
}

export interface VerifiedHere extends Verification {
  /** What this machine remembered; null: nothing. */
  remembered: RememberedHead | null;
  accepted: boolean;
}

export interface VerificationParts {
  /** As the owner of the tables, without a limit on how long a statement takes. */
  owner: Database;
  vault: Vault;
  authorize: Authorize;
  dataDir: string;
}

/** Compares the audit with its seals, and its end with the head in this machine's file and with others that are given. */
export type VerifyTheAudit = (caller: Caller, asked: VerifyHere) => Promise<VerifiedHere>;

export function createVerification({ owner, vault, authorize, dataDir }: VerificationParts): VerifyTheAudit {
  return async (caller, { heads, accept, ...options }) => {
    await authorize(caller, { action: accept ? 'audit.accept' : 'audit.verify', scope: null });
    if (caller.presented?.kind !== 'operator')
      throw new Problem('scope_missing', 'The audit is verified at the machine itself, with: otobot audit verify');
    const remembered = readHeadFile(dataDir);
    const verification = await verifyAudit(owner, vault, { ...options, anchors: [...anchorsOf(remembered), ...heads] });
    if (accept) acceptEnd(dataDir, verification);
    return { ...verification, remembered, accepted: accept };
  };
}

function anchorsOf(remembered: RememberedHead | null): Anchor[] {
  if (remembered === null) return [];
  // Once the break was noticed, what is remembered besides is the chain as it went on.
  return [remembered, ...(remembered.broken === null ? [] : [remembered.broken])];
}

/** Only an end can be accepted: what was altered or deleted in the middle stays as it is, for everybody to see. */
function acceptEnd(dataDir: string, { findings, head }: Verification): void {
  const others = findings.filter((finding) => !isAboutTheEnd(finding));
  if (others.length > 0) {
    throw new Problem(
      'conflict',
      'There is more than an end that is missing, and that cannot be accepted. Look at it with: otobot audit verify',
    );
  }
  if (head === null) removeHeadFile(dataDir);
  else writeHeadFile(dataDir, { id: head.id, head: head.head, broken: null });
}

export const isAboutTheEnd = ({ fault }: Finding): boolean => fault === 'end_missing' || fault === 'end_replaced';
