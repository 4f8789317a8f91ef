import type { Screen } from '../terminal/screen';
import { printable } from '../terminal/printable';
import { list, record, text, type Column } from '../terminal/table';
import type { Input, ManagingCommand } from './declaration';
import { isMembers, isPage, type Json, type Members } from './json';

type Show = Exclude<ManagingCommand['show'], 'file'>;
/** With members of the answer, or of what was asked, in braces: `Client {clientId} was created.` */
type Template = string | ((answer: Members) => string);

/** A list in columns, or the sentence for an empty one. */
export function tabled(columns: readonly Column[], whenEmpty: string): Show {
  return (answer, screen) => {
    const items = isPage(answer) ? answer.items : [];
    return items.length === 0 ? whenEmpty : list(items, columns, screen);
  };
}

/** What was done, in a sentence. */
export function noted(template: Template): Show {
  return (answer, _screen, input) => sentence(template, membersOf(answer), input);
}

/** Everything about one thing, below a sentence where one is given. */
export function recorded(template?: Template): Show {
  return (answer, screen, input) => {
    const members = membersOf(answer);
    const facts = record(members, screen);
    return template === undefined ? facts : `${sentence(template, members, input)}\n\n${facts}`;
  };
}

function sentence(template: Template, answer: Members, { params }: Input): string {
  return filled(typeof template === 'string' ? template : template(answer), { ...params, ...answer });
}

/** The template with its values. */
export function filled(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{(\w+)\}/g, (_braces, member: string) => printable(text((values[member] ?? null) as Json)));
}

/** The key that was just made, which nothing can show again. */
export function minted(answer: Json, screen: Screen): string {
  const { key, ...facts } = membersOf(answer);
  return `The access key, shown only this once:\n\n  ${text(key ?? null)}\n\n${record(facts, screen)}`;
}

const membersOf = (answer: Json): Members => (isMembers(answer) ? answer : {});
