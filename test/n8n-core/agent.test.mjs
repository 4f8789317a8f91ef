// Tools of an AI agent, in n8n's engine. The agent is one that calls its tool once for each of its items.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { assertFree, jsonOf } from '../n8n/reading.mjs';
import { http, items, otobot, workflow } from '../n8n/workflows.mjs';
import { standIns } from './broker.mjs';
import { engine } from './engine.mjs';

const AGENT = 'test.agent';
const CLIENTS = [{ clientId: 'acme' }, { clientId: 'globex' }];

let outside;
let n8n;
before(async () => (outside = await standIns()));
after(() => outside.close());
beforeEach(async () => {
  outside.reset();
  n8n = await engine([outside.credential()], { [AGENT]: agentNode() });
});

describe('as a tool of an AI agent', () => {
  test("n8n's HTTP Request node gets no token, since n8n takes the first item's for every item", async () => {
    const request = http('Tool', 'c', `${outside.api.url}/tool`);
    const said = await answersOf({ ...request, type: 'n8n-nodes-base.httpRequestTool', onError: undefined });
    assert.deepEqual(outside.api.sent('/tool'), []);
    for (const answer of said) assert.match(answer, /Connect the Otobot API Request node as the tool/);
  });

  test('the Otobot API Request node acts for the client that is chosen in it', async () => {
    const parameters = { url: `${outside.api.url}/own`, clientId: 'globex', service: 'loopback' };
    const said = await answersOf(
      { ...otobot('otobotApiRequest', 'Tool', 'c', parameters), onError: undefined },
      'Tool',
    );
    assert.deepEqual(outside.api.sent('/own'), ['Bearer globex-token-1', 'Bearer globex-token-1'], said.join());
    assertFree(said.join(), ['globex-token-1']);
  });

  test('the Otobot API Request node refuses to act for whom the credential says', async () => {
    const said = await answersOf(otobot('otobotApiRequest', 'Tool', 'c', { url: `${outside.api.url}/whom` }));
    assert.deepEqual(outside.api.sent('/whom'), []);
    for (const answer of said) assert.match(answer, /needs \\"Client\\" chosen in the node itself/);
  });
});

/** What the agent was told for each of its items. */
async function answersOf(tool) {
  const type = tool.type.endsWith('Tool') ? tool.type : `${tool.type}Tool`;
  const agent = { name: 'Agent', type: AGENT, typeVersion: 1, parameters: {} };
  const definition = workflow('agent', [[...items(CLIENTS), agent]]);
  definition.nodes.push({ ...tool, type, id: 'Tool', position: [0, 300] });
  definition.connections.Tool = { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] };
  const run = await n8n.execute(definition);
  return jsonOf(run, 'Agent').map(({ said }) => said);
}

function agentNode() {
  return {
    description: {
      ...{ displayName: 'Agent', name: 'agent', group: ['transform'], version: 1, description: '', defaults: {} },
      ...{ inputs: ['main', { type: 'ai_tool' }], outputs: ['main'], properties: [] },
    },
    async execute() {
      const said = [];
      for (const index of this.getInputData().keys()) {
        const [tool] = await this.getInputConnectionData('ai_tool', index);
        said.push({ json: { said: await tool.invoke({}).then(String, ({ message }) => message) } });
      }
      return [said];
    },
  };
}
