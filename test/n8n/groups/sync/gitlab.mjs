// A workflow of n8n's own nodes, made when the ids of the credentials are known: n8n chooses them.
import { http, workflow } from '../../workflows.mjs';

const TYPE = 'gitlabOAuth2Api';

/** @param remote by client, what the broker tells of the credential in n8n */
export function gitlabWorkflow(remote, apiUrl) {
  const plain = named(
    http('Plain request', 'any', `${apiUrl}/gitlab/plain`, { credentialType: TYPE }),
    remote['sync-acme'],
  );
  const nodes = Object.entries(remote).map(([clientId, credential]) => [named(gitlab(clientId), credential)]);
  return { ...workflow('sync', [...nodes, [plain]]), id: undefined };
}

function gitlab(clientId) {
  return {
    name: `GitLab of ${clientId}`,
    type: 'n8n-nodes-base.gitlab',
    typeVersion: 1,
    parameters: {
      authentication: 'oAuth2',
      resource: 'repository',
      operation: 'get',
      owner: clientId,
      repository: 'site',
    },
    onError: 'continueRegularOutput',
  };
}

const named = (node, { remoteId, title }) => ({ ...node, credentials: { [TYPE]: { id: remoteId, name: title } } });
