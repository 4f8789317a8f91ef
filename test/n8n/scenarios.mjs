// Runs the workflows once and hands what was seen to the guarantees.
import { answers } from './guarantees/answers.mjs';
import { requests } from './guarantees/requests.mjs';
import { secrecy } from './guarantees/secrecy.mjs';
import { errorOf, itemsOf, jsonOf } from './reading.mjs';
import { everyday, includingSecret, stopping } from './workflows.mjs';

/** @returns the guarantees, each a name and a function that throws where it does not hold */
export async function scenarios({ n8n, api, broker, world, credentials, serve }) {
  await n8n.importWorkflow(everyday(api.url, broker.url));
  await n8n.importWorkflow(stopping(api.url));
  await n8n.importWorkflow(includingSecret());
  const run = await n8n.execute('everyday');
  const seen = {
    ...{ n8n, api, broker, credentials, serve, run, ...world },
    /** The items that a node returned, or their JSON alone. */
    items: (node) => itemsOf(run, node),
    json: (node) => jsonOf(run, node),
    first: (node) => jsonOf(run, node)[0],
    errorOf: (node) => errorOf(run, node),
    /** The tokens with which the API was called on a path. */
    sent: (path) => api.to(path).map(({ token }) => token),
  };
  // Secrecy before answers: one of these puts a token into n8n on purpose.
  return [...requests, ...secrecy, ...answers].map(([name, holds]) => [name, () => holds(seen)]);
}
