/** @returns undefined for what is no JSON; n8n's `jsonParse` would throw */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The value at a path such as `data.items`, `results[0].next` or `data[-1].id`. A key may itself contain dots
 * (`@odata.nextLink`). Only an object's own properties are found.
 *
 * @returns undefined where there is nothing
 */
export function valueAt(json: unknown, path: string): unknown {
  if (path === '') return json;
  if (typeof json !== 'object' || json === null) return undefined;
  if (Object.hasOwn(json, path)) return (json as Record<string, unknown>)[path];
  const [, index, key = '', rest = ''] = /^(?:\[(-?\d+)\]|([^.[]+))\.?(.*)$/s.exec(path) ?? [];
  if (index !== undefined) return valueAt(Array.isArray(json) ? json.at(Number(index)) : undefined, rest);
  return Object.hasOwn(json, key) ? valueAt((json as Record<string, unknown>)[key], rest) : undefined;
}

/** A copy with a value at a path of keys (`variables.after`), whose objects are made where they are missing. */
export function withValueAt(json: unknown, path: string, value: unknown): unknown {
  const [key = '', ...rest] = path.split('.');
  const object = typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  const inner = Object.hasOwn(object, key) ? object[key] : undefined;
  return { ...object, [key]: rest.length === 0 ? value : withValueAt(inner, rest.join('.'), value) };
}
