import type { Screen } from '../terminal/screen';
import type { Json } from './json';

/** What a route is given, before its schemas looked at it. */
export interface Input {
  params: Record<string, unknown>;
  query: Record<string, unknown>;
  body: Record<string, unknown>;
}

/** As the route declares itself: `PATCH /v1/clients/:clientId`. */
export type RouteName = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /v1/${string}`;

/** An argument or option that fills one member of the request. */
export interface Field {
  /** As commander writes it: `<client>`, `--email <address>`. */
  flags: string;
  about: string;
  to: `${keyof Input}.${string}`;
  /** What the request has in place of the text; throws InvalidArgumentError. */
  read?: (text: string) => unknown;
  /** For a flag without a value: what the request has when it is given. */
  means?: unknown;
}

/** An option for the command itself. */
export interface OwnOption {
  flags: string;
  about: string;
  /** May be given several times, in this order. */
  repeatable?: true;
}

export type Options = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** Calls another route for the same caller, as when a name is to be looked up. */
export type Ask = (route: RouteName, input?: Partial<Input>) => Promise<Json>;

/** A command that does what one route of the API does, without HTTP: what validates there validates here. */
export interface ManagingCommand {
  name: string;
  about: string;
  route: RouteName;
  /** It is about the installation, so there is no `--organization`. */
  ofAll?: true;
  /** Other routes that this command stands for, where a problem names them. */
  alsoFor?: readonly RouteName[];
  fields: readonly Field[];
  options?: readonly OwnOption[];
  /** At least one, as typed. */
  examples: readonly string[];
  /** What else people need to know. */
  help?: string;
  /** Adds what is not on the command line: secrets from files, standard input or questions. */
  gather?: (input: Input, options: Options) => Input | Promise<Input>;
  /** The question before what cannot be undone, a template for `filled`; null: none this time. */
  confirm?: string | ((input: Input) => string | null);
  /** What to type instead of "y", where a slip would be felt far away: a member of the request's path. */
  confirmBy?: string;
  /** After an answer that is not the last one: the request for the next. `told` goes to standard error meanwhile. */
  next?: (answer: Json, input: Input) => { input: Input; told: string } | null;
  /** Looks up what was given by name, or what else depends on what is stored. */
  locate?: (input: Input, ask: Ask, options: Options) => Promise<Input>;
  /** Of a list, its first page alone: where the whole may be without end. */
  onePage?: true;
  /** The answer for people; `file`: what the route streams goes to standard output as it is made. */
  show: ((answer: Json, screen: Screen, input: Input) => string) | 'file';
}

export interface CommandGroup {
  name: string;
  /** The group that it stands in; none: it stands alone. */
  within?: string;
  about: string;
  commands: readonly ManagingCommand[];
}
