import { FAULTS, type Fault, type Finding } from '../../services/audit/verify/finding';
import type { RowName } from '../../services/audit/verify/row-bytes';
import { isAboutTheEnd, type VerifiedHere } from '../../services/audit/verify/verification';
import { printable } from '../terminal/printable';

/** What a verification found, for people: the first bad place in full, the others in a line each. */
export function auditReport(verified: VerifiedHere): string {
  const { findings, accepted } = verified;
  const lines = findings.length === 0 || accepted ? fine(verified) : bad(verified);
  return `${[...lines, ...besides(verified)].map(printable).join('\n')}\n`;
}

function fine({ rows, seals, head, accepted, findings }: VerifiedHere): string[] {
  const end = head === null ? 'Nothing is sealed yet.' : `Its head, to be kept elsewhere: ${head.id}:${head.head}`;
  const whole = `The audit is as it was written: ${count(rows, 'row')} in ${count(seals, 'seal')}.`;
  return [whole, end, ...(accepted && findings.length > 0 ? ['This end of the chain is accepted from now on.'] : [])];
}

function bad({ findings, unlisted }: VerifiedHere): string[] {
  const [first, ...others] = findings as [Finding, ...Finding[]];
  const isKnown = findings.some(({ fault }) => !UNCHECKED.has(fault));
  return [
    `The audit ${isKnown ? 'is not as it was written' : 'cannot be checked'}: ${count(findings.length + unlisted, 'place')}. The first one:`,
    `  ${placeOf(first)}: ${FAULTS[first.fault]}`,
    ...[spanOf(first), first.note].filter((text) => text !== null).map((text) => `    ${text}`),
    ...(first.rows > 1 || (first.rows === 1 && first.row === null) ? [`    rows: ${first.rows}`] : []),
    ...rowLine('there now', first.row),
    ...rowLine('before it', first.before),
    ...rowLine('after it', first.after),
    ...(isAboutTheEnd(first) ? [RESTORED] : []),
    ...(others.length === 0 ? [] : ['The others:']),
    ...others.map(
      (other) => `  ${placeOf(other)}: ${FAULTS[other.fault]}${other.row === null ? '' : `, ${nameOf(other.row)}`}`,
    ),
    ...(unlisted === 0 ? [] : [`  and ${count(unlisted, 'row')} more`]),
    ...(isKnown ? [WHAT_NOW] : []),
  ];
}

const RESTORED = `    If a backup was restored on purpose, \`otobot audit verify --accept\` notes that and makes an end of this.`;

/** These say nothing about the rows. */
const UNCHECKED: ReadonlySet<Fault> = new Set(['key_unavailable', 'format_unknown']);
const WHAT_NOW =
  'Copy the database before anything in it changes. What to do then: docs/audit-evidence.md, "When it is not".';

function besides({ unsealed, dropped }: VerifiedHere): string[] {
  return [
    ...(dropped === null ? [] : [`Dropped by age, days up to ${dropped.upToDay}: ${count(dropped.rows, 'row')}.`]),
    ...(unsealed === null
      ? []
      : [
          `Not sealed yet: ${count(unsealed.rows, 'row')}, from ${unsealed.oldest.toISOString()} on. A serving process seals each second.`,
        ]),
  ];
}

const placeOf = ({ seal, lastSeal }: Finding): string =>
  seal === lastSeal ? `seal ${seal}` : `seals ${seal} to ${lastSeal}`;

function spanOf({ since, until }: Finding): string | null {
  const from = since && `from ${since.toISOString()}`;
  const to = until && `up to ${until.toISOString()}`;
  return from === null && to === null ? null : `written ${[from, to].filter((text) => text !== null).join(' ')}`;
}

const rowLine = (label: string, row: RowName | null): string[] =>
  row === null ? [] : [`    ${label}: ${nameOf(row)}`];

function nameOf({
  occurredAt,
  action,
  code,
  actor,
  organizationId,
  requestId,
  processId,
  sequence,
  batch,
}: RowName): string {
  const whose = `organization ${organizationId ?? 'none'}, request ${requestId ?? 'none'}`;
  return `${occurredAt.toISOString()} ${action} ${code} by ${actor}, ${whose}, process ${processId}, sequence ${sequence}, batch ${batch}`;
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
