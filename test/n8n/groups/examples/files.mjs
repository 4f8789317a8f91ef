// The workflows of examples/, with what a reader fills in filled in for the test.
import fs from 'node:fs';
import path from 'node:path';

/** @param replaced texts of the file and what stands there in the test; each must be there */
export function example(root, name, replaced = {}) {
  let text = fs.readFileSync(path.join(root, 'examples', `${name}.json`), 'utf8');
  for (const [from, to] of Object.entries(replaced)) {
    if (!text.includes(from)) throw new Error(`examples/${name}.json has no ${from}`);
    text = text.replaceAll(from, to);
  }
  const workflow = JSON.parse(text);
  for (const node of workflow.nodes) {
    for (const used of Object.values(node.credentials ?? {})) used.id = `examples-${used.id}`;
    if (node.webhookId) node.webhookId = `hook-of-${name}`;
  }
  return { ...workflow, id: name };
}
