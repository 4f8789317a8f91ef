/** As much of JSON Schema as docs/monitor-tokens.schema.json uses. */
export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  oneOf?: Schema[];
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  format?: string;
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
}

const TOLD = ['$schema', '$id', '$defs', 'title', 'description'];
const CHECKED = ['$ref', 'oneOf', 'type', 'const', 'enum', 'format', 'required', 'properties', 'items'];
const FORMATS: Readonly<Record<string, RegExp>> = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
};

/** Where `value` is not as described; stricter than JSON Schema, since an undescribed property counts too. */
export function mismatches(root: Schema, value: unknown, schema: Schema = root, at = ''): string[] {
  const strange = Object.keys(schema).filter((keyword) => ![...TOLD, ...CHECKED].includes(keyword));
  if (strange.length > 0) throw new Error(`this check does not know ${strange.join(', ')}`);
  const { $ref, oneOf, const: constant, enum: allowed, format, type } = schema;
  if ($ref !== undefined) {
    const target = root.$defs?.[$ref.replace('#/$defs/', '')];
    return target === undefined ? [`${at}: ${$ref} does not exist`] : mismatches(root, value, target, at);
  }
  if (oneOf !== undefined) {
    const tried = oneOf.map((one) => mismatches(root, value, one, at));
    return tried.filter((found) => found.length === 0).length === 1 ? [] : [`${at}: not one of`, ...tried.flat()];
  }
  if (constant !== undefined && value !== constant) return [`${at}: not ${JSON.stringify(constant)}`];
  if (allowed !== undefined && !allowed.includes(value)) return [`${at}: not allowed`];
  if (type !== undefined && ![type].flat().includes(typeOf(value))) return [`${at}: a ${typeOf(value)}`];
  if (format !== undefined && typeof value === 'string' && !FORMATS[format]?.test(value))
    return [`${at}: no ${format}`];
  if (Array.isArray(value)) return value.flatMap((item, i) => mismatches(root, item, schema.items ?? {}, `${at}/${i}`));
  return typeof value === 'object' && value !== null ? inObject(root, { ...value }, schema, at) : [];
}

function inObject(
  root: Schema,
  value: Record<string, unknown>,
  { required = [], properties = {} }: Schema,
  at: string,
): string[] {
  const missing = required.filter((name) => !(name in value)).map((name) => `${at}/${name}: missing`);
  const found = Object.entries(value).flatMap(([name, item]) => {
    const schema = properties[name];
    return schema === undefined ? [`${at}/${name}: not described`] : mismatches(root, item, schema, `${at}/${name}`);
  });
  return [...missing, ...found];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
