import { resolved, type JsonSchema, type NamedSchemas } from './json-schema';

/** A member of an object, or a parameter, in words. */
export interface Member {
  name: string;
  type: string;
  required: boolean;
  description: string;
}

/** The members of an object; of a page of a list, those of its items. */
export function membersOf(schema: JsonSchema, named: NamedSchemas): Member[] {
  const known = resolved(schema, named);
  const properties = (known.properties ?? {}) as Record<string, JsonSchema>;
  const { items } = properties;
  if (items !== undefined && properties.nextCursor !== undefined) return membersOf(items.items as JsonSchema, named);
  const required = (known.required ?? []) as string[];
  return Object.entries(properties).map(([name, part]) => {
    const { description } = resolved(part, named);
    return {
      name,
      type: typeOf(resolved(part, named), named),
      required: required.includes(name),
      description: typeof description === 'string' ? description : '',
    };
  });
}

/** A type in words: `text, or null`, `list of text`. */
export function typeOf(schema: JsonSchema, named: NamedSchemas): string {
  const { type, anyOf, enum: choices, const: constant, items, format } = resolved(schema, named);
  if (Array.isArray(anyOf))
    return [...new Set((anyOf as JsonSchema[]).map((each) => typeOf(each, named)))].join(' or ');
  if (constant !== undefined) return JSON.stringify(constant);
  if (Array.isArray(choices))
    return choices
      .map(String)
      .join(', ')
      .replace(/, ([^,]*)$/, ' or $1');
  if (Array.isArray(type)) return type.map((each: unknown) => wordFor(each, format)).join(' or ');
  if (type === 'array') return `list of ${typeOf((items ?? {}) as JsonSchema, named)}`;
  return wordFor(type, format);
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'true or false',
  undefined: 'anything',
};

function wordFor(type: unknown, format: unknown): string {
  if (type === 'string' && format === 'date-time') return 'moment';
  return WORDS[String(type)] ?? String(type);
}
