// How the output of a run is read.
import assert from 'node:assert/strict';

export function itemsOf(run, node) {
  const runs = run.nodes[node];
  assert.ok(runs, `the node "${node}" did not run:\n${run.text.slice(0, 2000)}`);
  return runs.flatMap((nodeRun) => nodeRun.items);
}

export function jsonOf(run, node) {
  return itemsOf(run, node).map((item) => item.json);
}

/** What the HTTP Request node says, whether as a text or as an error object. */
export function errorOf(run, node) {
  const { error } = jsonOf(run, node)[0];
  return typeof error === 'string' ? error : (error?.message ?? JSON.stringify(jsonOf(run, node)[0]));
}

/** In clear, and in the forms in which a token may hide. */
export function assertFree(text, secrets) {
  const forms = secrets.flatMap((secret) => [
    secret,
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('hex'),
  ]);
  const found = forms.filter((form) => text.includes(form));
  assert.deepEqual(found, [], 'secrets in the clear');
}
