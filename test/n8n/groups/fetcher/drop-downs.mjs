// The lists of clients and services, asked for as the editor does: with a credential whose own fields are expressions.
import assert from 'node:assert/strict';

const MANY = 120;

export const dropDowns = [
  [
    'the drop-downs search the broker, and show names for people beside the IDs',
    async ({ n8n }) => {
      const { results } = await listOf(n8n, 'searchServices', { path: 'service', filter: 'LOOPBACK' });
      assert.deepEqual(results, [{ name: 'The loopback service (loopback)', value: 'loopback' }]);
      const clients = await listOf(n8n, 'searchClients', { path: 'clientId', filter: 'etcher-A' });
      assert.deepEqual(clients.results, [{ name: 'fetcher-a', value: 'fetcher-a' }]);
    },
  ],
  [
    'they go on, page by page, to the end',
    async ({ n8n, client }) => {
      await Promise.all(Array.from({ length: MANY }, (_, i) => client(`listed-${String(i).padStart(3, '0')}`)));
      const found = [];
      let paginationToken;
      do {
        const page = await listOf(n8n, 'searchClients', { path: 'clientId', filter: 'listed-', paginationToken });
        found.push(...page.results.map(({ value }) => value));
        paginationToken = page.paginationToken;
      } while (paginationToken);
      assert.equal(new Set(found).size, MANY);
      assert.equal(found.length, MANY);
    },
  ],
  [
    'a list that cannot be loaded says why',
    ({ n8n }) =>
      assert.rejects(
        listOf(n8n, 'searchClients', { path: 'clientId', credential: 'fetcher-stranger' }),
        /The Otobot broker refused the internal token/,
      ),
  ],
  [
    'the other nodes have them too',
    async ({ n8n }) => {
      const more = { path: 'clientId', filter: 'fetcher-a', node: 'otobotApiRequest', version: 1 };
      assert.equal((await listOf(n8n, 'searchClients', more)).results.length, 1);
    },
  ],
];

function listOf(
  n8n,
  methodName,
  { path, credential = 'fetcher', node = 'otobotCredentialFetcher', version = 1.1, ...asked },
) {
  return n8n.rest('POST', '/dynamic-node-parameters/resource-locator-results', {
    path: `parameters.${path}`,
    methodName,
    nodeTypeAndVersion: { name: `n8n-nodes-otobot.${node}`, version },
    currentNodeParameters: { resource: 'connection', operation: 'getStatus' },
    credentials: { otobotDatabaseApi: { id: credential, name: credential } },
    ...asked,
  });
}
