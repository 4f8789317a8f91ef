import { Command } from 'commander';
import type { Anchor } from '../../services/audit/verify/verify-audit';
import { BadUsage } from '../bad-usage';
import { past } from '../managing/values';

interface Options {
  since?: string;
  head?: readonly string[];
  accept?: boolean;
  json?: boolean;
}

const HELP = `
Examples:
  otobot audit verify
  otobot audit verify --head 4312:8c1f… --since 2026-11-01
  otobot audit verify --json > report.json

Ends with 0 where the audit is as it was written, and with 1 where it is not: the first bad place
is named. The end of the chain is compared with audit-head.json in OTOBOT_DATA_DIR, so run it
where the broker serves.`;

/** A command of its own: it tells how far it is, and its findings are an answer and no error. */
export function auditVerifyCommand(): Command {
  return new Command('verify')
    .description('compare the audit with its seals, and name the first row or seal that does not fit')
    .option('--since <when>', 'leave out seals made before: 7d (ago), a day or a moment', past)
    .option(
      '--head <id:head>',
      'a head that was kept elsewhere; may be given several times',
      (text, before?: string[]) => [...(before ?? []), text],
    )
    .option('--accept', 'the end of the chain is right as it is: a backup was restored on purpose')
    .option('--json', 'answer in JSON')
    .addHelpText('after', HELP)
    .action(async ({ since, head = [], accept = false, json = false }: Options) => {
      const asked = { since: since === undefined ? null : new Date(since), heads: head.map(anchorOf), accept };
      // Loaded only when it runs: help and mistakes are told at once.
      const { verifyHere } = await import('../managing/verify-here.js');
      await verifyHere(asked, { json });
    });
}

function anchorOf(text: string): Anchor {
  const [, id, head] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (id !== undefined && head !== undefined) return { id: Number(id), head };
  throw new BadUsage(
    '--head: must be the id of a seal, a colon and its head of 64 hexadecimal digits',
    '`otobot audit head` shows both',
  );
}
