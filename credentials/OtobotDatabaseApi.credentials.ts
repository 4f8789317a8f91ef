import type { IAuthenticate, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

import { authenticateRequest, openSession } from '../nodes/shared/authentication';
import { RESOLVED_FOR } from '../nodes/shared/own-item';

/**
 * One credential for every client: the fields may be expressions, and n8n resolves them for each item.
 * It holds the way to the broker, never a client's token.
 */
export class OtobotDatabaseApi implements ICredentialType {
  name = 'otobotDatabaseApi';

  displayName = 'OtobotDatabaseCredential API';

  icon = { light: 'file:../icons/otobot.svg', dark: 'file:../icons/otobot.dark.svg' } as const;

  documentationUrl = 'https://github.com/otobot-dev/otobot/blob/main/docs/n8n.md';

  properties: INodeProperties[] = [
    {
      displayName: 'API URL',
      name: 'apiUrl',
      type: 'string',
      default: 'http://127.0.0.1:3001',
      required: true,
      placeholder: 'e.g. http://api-internal:3001',
      description: 'Where n8n reaches the Otobot broker',
    },
    {
      displayName: 'Internal Token',
      name: 'internalToken',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
      description: 'An access key of the broker with the preset n8n, or its INTERNAL_API_TOKEN',
    },
    {
      displayName: 'Client ID',
      name: 'clientId',
      type: 'string',
      typeOptions: { ignoreCredentialExpressionResolveError: true },
      default: '',
      placeholder: 'e.g. acme',
      description:
        'On whose behalf the request is made. Use an expression such as {{ $json.clientId }} to take it from each item.',
    },
    {
      displayName: 'Service',
      name: 'service',
      type: 'string',
      typeOptions: { ignoreCredentialExpressionResolveError: true },
      default: '',
      placeholder: 'e.g. google',
      description: 'Name of the service in Otobot. May be an expression too.',
    },
    {
      displayName: 'Connection Name',
      name: 'connectionName',
      type: 'string',
      typeOptions: { ignoreCredentialExpressionResolveError: true },
      default: 'default',
      description: 'Only needed where a client has several connections to one service',
    },
    // Filled in by n8n for each request, so that the broker's audit says which run read a credential.
    runField('Workflow ID', 'workflowId', '={{ $workflow.id }}'),
    runField('Execution ID', 'executionId', '={{ $execution.id }}'),
    // Not for the audit: it says whether the fields above are those of the item at hand.
    runField('Resolved For', 'resolvedFor', RESOLVED_FOR),
    {
      // Always empty. It is here because n8n calls preAuthentication only for a credential with such a field.
      displayName: 'Session',
      name: 'session',
      type: 'hidden',
      typeOptions: { expirable: true },
      default: '',
    },
  ];

  preAuthentication = openSession;

  // An own property: n8n drops a class method of a community package, and the type with it.
  authenticate: IAuthenticate = async (credentials, requestOptions) =>
    await authenticateRequest(credentials, requestOptions);

  test: ICredentialTestRequest = {
    request: { baseURL: '={{ $credentials.apiUrl }}', url: '/v1/whoami', method: 'GET' },
    rules: [
      {
        type: 'responseCode',
        properties: { value: 401, message: 'The broker refused the internal token' },
      },
      {
        type: 'responseCode',
        properties: { value: 404, message: 'There is no Otobot broker at this API URL' },
      },
    ],
  };
}

function runField(displayName: string, name: string, expression: string): INodeProperties {
  const typeOptions = { ignoreCredentialExpressionResolveError: true };
  return { displayName, name, type: 'hidden', typeOptions, default: expression };
}
