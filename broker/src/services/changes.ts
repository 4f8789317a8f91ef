/** A copy of `base` with the members of `changes` that are given; undefined means "as it was". */
export function withChanges<Base extends object>(
  base: Base,
  changes: { [Key in keyof Base]?: Base[Key] | undefined },
): Base {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...base, ...(Object.fromEntries(given) as Partial<Base>) };
}
