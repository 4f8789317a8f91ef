// The groups of guarantees: every file in `groups/` is one. It exports
//   name        as in `--only name`
//   prepare     (optional) `async (stage) => facts`: rows at the broker; facts.credentials and facts.workflows are
//               imported into n8n before it starts
//   act         (optional) `async (stage) => facts`: what runs once, in the running n8n, for several guarantees
//   guarantees  a list of `[name, async (stage) => …]`, each throwing where it does not hold
// `stage` is the one of stage.mjs with the group's own facts added. Groups share the broker, the API and n8n: a group
// has clients, credentials and workflows of its own, named after it.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const FOLDER = path.join(path.dirname(fileURLToPath(import.meta.url)), 'groups');

/** @returns all groups, in the order of their names */
export async function loadGroups() {
  const files = fs.readdirSync(FOLDER).filter((file) => file.endsWith('.mjs'));
  return await Promise.all(files.sort().map((file) => import(pathToFileURL(path.join(FOLDER, file)).href)));
}

/** @param names those to run; null for all. Throws where there is no group of a name. */
export function selected(groups, names) {
  if (names === null) return groups;
  const unknown = names.filter((name) => !groups.some((group) => group.name === name));
  if (unknown.length === 0) return groups.filter(({ name }) => names.includes(name));
  throw new Error(`there is no group ${unknown.join(', ')}; there are ${groups.map(({ name }) => name).join(', ')}`);
}

/** @returns `{group, facts, error}` of each: a group that cannot be prepared fails alone */
export async function prepare(groups, stage) {
  const prepared = [];
  for (const group of groups) {
    try {
      prepared.push({ group, facts: (await group.prepare?.(stage)) ?? {} });
    } catch (error) {
      prepared.push({ group, facts: {}, error });
    }
  }
  return prepared;
}
