import type { INode } from 'n8n-workflow';

import { invalid } from './call';

const CHOICES = { clientId: 'Client', service: 'Service', options: 'Connection Name' } as const;

/**
 * Whose credential is used is decided by whoever builds the workflow. A language model that could choose would use any
 * client's, on the word of whatever text it has just read.
 *
 * @throws BrokerError
 */
export function assertNotChosenByModel({ parameters }: Pick<INode, 'parameters'>): void {
  for (const [name, label] of Object.entries(CHOICES)) {
    const { [name]: written } = parameters;
    const choice = name === 'options' ? (written as { connectionName?: unknown } | undefined)?.connectionName : written;
    if (/\$fromAI/i.test(JSON.stringify(choice ?? ''))) {
      throw invalid(
        `"${label}" must not be chosen by the AI model ($fromAI): set it in the node, or by an expression on data that the model does not write`,
      );
    }
  }
}
