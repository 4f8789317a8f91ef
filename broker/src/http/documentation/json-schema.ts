import { z } from 'zod';

/** A JSON Schema (2020-12), as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Schemas with a name of their own, by it: each is written once and referred to. */
export type NamedSchemas = Record<string, JsonSchema>;

const PLACE = '#/components/schemas/';

/** What is said of a request (`input`) or an answer (`output`); adds to `named` what has a name. */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output', named: NamedSchemas): JsonSchema {
  const { $defs = {}, ...whole } = z.toJSONSchema(schema, {
    io,
    override: ({ zodSchema, jsonSchema }) => {
      // Of what is transformed zod leaves them out, since they might be meant of the result; ours are as they are sent.
      const { examples, default: usual } = z.globalRegistry.get(zodSchema) ?? {};
      if (examples !== undefined) Object.assign(jsonSchema, { examples });
      if (usual !== undefined) Object.assign(jsonSchema, { default: usual });
      // A format says it, the pattern by which zod checks it is a page long; and what arrives as text may be meant as a number.
      if (jsonSchema.format !== undefined || jsonSchema.type === 'integer') delete jsonSchema.pattern;
      // What every number in JSON is bound by.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      delete jsonSchema.id;
    },
  }) as Record<string, unknown> & { $defs?: NamedSchemas };
  for (const [name, definition] of Object.entries($defs)) named[name] = relocated(definition) as JsonSchema;
  delete whole.$schema; // OpenAPI 3.1 is of this dialect
  return relocated(whole) as JsonSchema;
}

/** A schema that others refer to stands under `components` here. */
function relocated(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(relocated);
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' ? value.replace('#/$defs/', PLACE) : relocated(value),
    ]),
  );
}

/** The schema itself, where it is only referred to. */
export function resolved(schema: JsonSchema, named: NamedSchemas): JsonSchema {
  const { $ref } = schema;
  return typeof $ref === 'string' ? (named[$ref.slice(PLACE.length)] ?? {}) : schema;
}
