// The node as a tool of an AI agent.
import assert from 'node:assert/strict';

import { assertFree, jsonOf } from '../../reading.mjs';

export const agents = [2.2, 3.1].map((version) => [
  `an agent (${version}) calls the API by the tool as the client that the node names; the model sees no token and no choice of client`,
  async ({ api, n8n, secrets, tokens }) => {
    const earlier = api.requests.length;
    const run = await n8n.execute(`request-agent-${version}`);
    assert.match(jsonOf(run, 'Agent')[0].output, /^It says .*true/);
    const since = api.requests.slice(earlier);
    const asked = since.filter(({ url }) => url.startsWith('/request-model')).map(({ body }) => body);
    const [{ function: tool }] = JSON.parse(asked[0]).tools;
    assert.deepEqual(Object.keys(tool.parameters.properties), ['path']);
    assert.deepEqual(
      since.filter(({ url }) => url === '/request/thing').map(({ token }) => token),
      [tokens['request-a']],
    );
    assertFree(asked.join(), secrets.all());
  },
]);
