import { isMembers, type Json } from '../managing/json';
import { TO_GO } from '../terminal/columns';
import { minuteOf } from '../terminal/moments';
import type { Screen } from '../terminal/screen';
import { list, text, type Column } from '../terminal/table';

/** Which workflows a connection serves, below how often in all. */
export function usageByWorkflow(answer: Json, screen: Screen): string {
  const { workflows, total, since } = isMembers(answer) ? answer : {};
  const rows = Array.isArray(workflows) ? workflows.filter(isMembers) : [];
  const from = typeof since === 'string' ? minuteOf(since) : '';
  return rows.length === 0
    ? `Its credential was not released since ${from}.`
    : `Released ${text(total ?? null)} times since ${from} (UTC).\n\n${list(rows, USAGE, screen)}`;
}

const USAGE: readonly Column[] = [
  { head: 'WORKFLOW', of: 'workflowId', as: (id) => (id === null ? '(not told)' : text(id)) },
  { head: 'RELEASED', of: 'count' },
  { head: 'EXECUTIONS', of: 'executions' },
  { head: 'LAST', of: 'lastAt', ...TO_GO },
];
