import { Command, Option } from 'commander';
import { Problem } from '../../errors/problem';
import { BadUsage } from '../bad-usage';
import { Refused } from './call-route';
import type { CommandGroup, Field, Input, ManagingCommand, Options } from './declaration';

/** A group such as `client` with its commands, ready for commander. */
export function groupCommand({ name, about, commands }: CommandGroup): Command {
  const group = new Command(name).description(about);
  for (const declared of commands) group.addCommand(managingCommand(declared));
  return group;
}

function managingCommand(declared: ManagingCommand): Command {
  const { name, about, fields, options = [], confirm, examples, help } = declared;
  const command = new Command(name).description(about);
  const inputs = fields.map((field) => ({ field, valueOf: declare(command, field) }));
  for (const { flags, about: says, repeatable } of options) {
    const option = new Option(flags, says);
    if (repeatable) option.argParser((text, before?: string[]) => [...(before ?? []), text]);
    command.addOption(option);
  }
  if (confirm !== undefined) command.option('--yes', 'do it without asking');
  if (declared.ofAll !== true) command.option('--organization <name>', 'whose it is', 'default');
  if (declared.show !== 'file') command.option('--json', 'answer in JSON, as the API does');
  command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}`);
  if (help !== undefined) command.addHelpText('after', `\n${help}`);
  return command.action(async () => {
    const input: Input = { params: {}, query: {}, body: {} };
    for (const { field, valueOf } of inputs) fill(input, field, valueOf());
    try {
      const { perform } = await import('./perform.js'); // only now: help and mistakes are told at once
      await perform(declared, input, command.opts<Options>());
    } catch (error) {
      throw inOptions(fields, error, `otobot ${command.parent?.name() ?? ''} ${name} --help shows what it takes`);
    }
  });
}

/** Adds a field to a command, as argument or option, and gives what gets its value once the command line is parsed. */
function declare(command: Command, { flags, about, read = (text) => text }: Field): () => unknown {
  // In a box: commander takes a null for "no value", which here says to remove what was there.
  const boxed = (text: string): Box => ({ value: read(text) });
  if (!flags.startsWith('-')) {
    const index = command.registeredArguments.length;
    command.argument(flags, about, boxed);
    return () => (command.processedArgs[index] as Box | undefined)?.value;
  }
  const option = new Option(flags, about);
  if (option.required) option.argParser(boxed);
  command.addOption(option);
  return () => {
    const given: unknown = command.getOptionValue(option.attributeName());
    return option.required ? (given as Box | undefined)?.value : given;
  };
}

interface Box {
  value: unknown;
}

function fill(input: Input, { to, means }: Field, value: unknown): void {
  if (value === undefined) return;
  const [place, ...path] = to.split('.') as [keyof Input, ...string[]];
  const member = path.pop() as string;
  let target: Record<string, unknown> = input[place];
  for (const step of path) target = (target[step] ??= {}) as Record<string, unknown>;
  target[member] = means === undefined ? value : means;
}

/** What a schema or a service says about a member of the request, about the option that filled it. */
function inOptions(fields: readonly Field[], error: unknown, hint: string): unknown {
  if (error instanceof Refused) {
    const name = optionOf(fields, error.place);
    return new BadUsage(name === null ? error.message : `${name}: ${error.what}`, hint);
  }
  const member = error instanceof Problem ? /^(\w+): /.exec(error.detail)?.[1] : undefined;
  const name = member === undefined ? null : optionOf(fields, `body.${member}`);
  if (!(error instanceof Problem) || member === undefined || name === null) return error;
  return new Problem(error.code, name + error.detail.slice(member.length), { cause: error, extras: error.extras });
}

function optionOf(fields: readonly Field[], place: string): string | null {
  const field = fields.find(({ to }) => place === to || place.startsWith(`${to}.`));
  return field === undefined ? null : (/^(--[\w-]+|<[\w-]+>)/.exec(field.flags)?.[0] ?? field.flags);
}
