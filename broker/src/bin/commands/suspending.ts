import type { Field, Input, ManagingCommand } from '../managing/declaration';
import { isMembers, type Json, type Members } from '../managing/json';
import { filled } from '../managing/show';
import { fromNow } from '../terminal/moments';
import type { Screen } from '../terminal/screen';
import { list, text, type Column } from '../terminal/table';

export const SUSPENSION_FIELDS: readonly Field[] = [
  { flags: '--reason <text>', about: 'for whoever finds it suspended', to: 'body.reason' },
  { flags: '--dry-run', about: 'change nothing: only tell what would stop', to: 'body.dryRun', means: true },
];

export const REVOKING_FIELDS: readonly Field[] = [
  ...SUSPENSION_FIELDS,
  { flags: '--revoke', about: 'also give up every consent at its provider, for good', to: 'body.revoke', means: true },
];

/** What cannot be undone is asked for; suspending can. */
export const confirmRevoking =
  (question: string) =>
  ({ body }: Input): string | null =>
    body.revoke === true && body.dryRun !== true ? question : null;

const WORKFLOWS: readonly Column[] = [
  { head: 'WORKFLOW', of: 'workflowId', whole: true, as: (value) => (value === null ? '(not told)' : text(value)) },
  { head: 'READS IN 30 DAYS', of: 'count' },
  { head: 'LAST', of: 'lastAt', as: (value) => (typeof value === 'string' ? fromNow(value) : text(value)) },
];

/** The sentence, what stops with it, and which workflows that are. `done` and `would`: templates, as for `noted`. */
export function stopped({ done, would }: { done: string; would: string }): ManagingCommand['show'] {
  return (answer, screen, { body, params }) => {
    const members = membersOf(answer);
    const stopping = membersOf(members.stopping ?? null);
    const how = { would: body.dryRun === true, revoke: body.revoke === true };
    const sentence = filled(how.would ? would : done, { ...params, ...members });
    return [sentence, reachOf(stopping, how), '', workflowsOf(stopping, screen)].join('\n');
  };
}

const membersOf = (value: Json): Members => (isMembers(value) ? value : {});

function workflowsOf({ workflows }: Members, screen: Screen): string {
  if (!Array.isArray(workflows)) return 'Which workflows used it was too much to count in time; the audit tells.';
  const rows = workflows.filter(isMembers);
  return rows.length === 0 ? 'No workflow has used it in the last 30 days.' : list(rows, WORKFLOWS, screen);
}

function reachOf({ organizations, clients, connections }: Members, how: { would: boolean; revoke: boolean }): string {
  const many = Number(organizations ?? 1) > 1 ? ` in ${text(organizations ?? null)} organizations` : '';
  const verb = how.would ? 'would stop' : connections === 1 ? 'stops' : 'stop';
  const what = `${counted(connections, 'connection')} of ${counted(clients, 'client')}${many} ${verb}.`;
  return how.revoke && !how.would ? `${what} A worker is giving up their consents; show tells how far it is.` : what;
}

const counted = (number: Json | undefined, what: string): string =>
  `${text(number ?? null)} ${what}${number === 1 ? '' : 's'}`;

/** The order to revoke, in a cell. */
export const revokingState = (order: Json): string => {
  if (!isMembers(order)) return '-';
  const { endedAt, waiting, revoked, notRevoked } = order;
  const under = endedAt === null || Number(waiting) > 0 ? 'under way: ' : '';
  return `${under}${text(revoked ?? null)} revoked, ${text(notRevoked ?? null)} not, ${text(waiting ?? null)} waiting`;
};
