import { resolved, type JsonSchema, type NamedSchemas } from './json-schema';

/**
 * An example of what a schema describes, made of the examples of its parts. Of a request it has what is required and what has an example
 * of its own; of an answer, everything. The tests read each with the schema that validates.
 */
export function exampleOf(schema: JsonSchema, io: 'input' | 'output', named: NamedSchemas): unknown {
  const of = (part: JsonSchema): unknown => exampleOf(part, io, named);
  const known = resolved(schema, named);
  const own = ownExample(known);
  if (own !== undefined) return own.value;
  if (Array.isArray(known.anyOf)) return exampleOfOne(known.anyOf as JsonSchema[], of);
  const type = Array.isArray(known.type) ? (known.type as string[])[0] : known.type;
  if (type === 'object') return exampleOfObject(known, io, named);
  if (type === 'array') return isTold(known.items, named) ? [of(known.items as JsonSchema)] : [];
  if (type === 'string') return 'text';
  if (type === 'integer' || type === 'number') return known.minimum ?? 0;
  return type === 'boolean' ? false : null;
}

/** Whether somebody said what it looks like. */
function isTold(items: unknown, named: NamedSchemas): boolean {
  const { examples, type, enum: choices } = resolved((items ?? {}) as JsonSchema, named);
  return Array.isArray(examples) || Array.isArray(choices) || type === 'object';
}

function ownExample({ examples, const: constant, default: usual, enum: choices, type }: JsonSchema) {
  if (Array.isArray(examples)) return { value: examples[0] as unknown };
  if (constant !== undefined) return { value: constant };
  if (usual !== undefined) return { value: usual };
  if (Array.isArray(choices)) return { value: choices[0] as unknown };
  // Nothing is known of it in a sample, unless somebody gave one.
  return Array.isArray(type) && type.includes('null') ? { value: null } : undefined;
}

function exampleOfOne(options: readonly JsonSchema[], of: (part: JsonSchema) => unknown): unknown {
  if (options.some(({ type }) => type === 'null')) {
    const told = options.find(({ examples, $ref }) => Array.isArray(examples) || $ref !== undefined);
    return told === undefined ? null : of(told);
  }
  return of(options.find(({ examples }) => Array.isArray(examples)) ?? (options.at(-1) as JsonSchema));
}

function exampleOfObject(schema: JsonSchema, io: 'input' | 'output', named: NamedSchemas): Record<string, unknown> {
  const required = new Set(Array.isArray(schema.required) ? (schema.required as string[]) : []);
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  const shown = properties.filter(
    ([name, part]) => required.has(name) || Array.isArray(resolved(part, named).examples),
  );
  return Object.fromEntries(shown.map(([name, part]) => [name, exampleOf(part, io, named)]));
}
