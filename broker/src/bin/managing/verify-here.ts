import { connectDatabase } from '../../db/database';
import { operatorCaller } from '../../services/access/operator';
import { createVerification, type VerifiedHere, type VerifyHere } from '../../services/audit/verify/verification';
import { auditReport } from './audit-report';
import { withInstallation } from './with-routes';

const TELL_EVERY_MS = 2_000;

/** Verifies the audit of the installation at this machine and prints what was found; the program ends with 1 where that is anything. */
export async function verifyHere(asked: Omit<VerifyHere, 'onProgress'>, { json }: { json: boolean }): Promise<void> {
  const verified = await withInstallation(async ({ config, installation, broker, log }) => {
    const owner = connectDatabase({ url: installation.databaseUrl, role: null, max: 1, statementTimeoutMs: 0, log });
    const { vault, authorize } = broker;
    const verify = createVerification({ owner, vault, authorize, dataDir: config.dataDir });
    return verify(operatorCaller('default'), { ...asked, onProgress: teller() }).finally(() => owner.close());
  });
  process.stdout.write(
    json ? `${JSON.stringify({ ok: isFine(verified), ...verified }, null, 2)}\n` : auditReport(verified),
  );
  if (!isFine(verified)) process.exitCode = 1;
}

const isFine = ({ findings, accepted }: VerifiedHere): boolean => findings.length === 0 || accepted;

/** A long chain takes minutes: somebody at a terminal sees how far it is. */
function teller(): (done: { seals: number; rows: number }) => void {
  let told = performance.now();
  return ({ rows, seals }) => {
    if (!process.stderr.isTTY || performance.now() - told < TELL_EVERY_MS) return;
    told = performance.now();
    process.stderr.write(`${rows} rows in ${seals} seals are as they were written\n`);
  };
}
