import type { INode, INodeProperties } from 'n8n-workflow';

import { BrokerError } from '../shared/broker-error';
import { isBlank } from '../shared/connection';
import { locatedValue } from '../shared/connection-fields';
import { invalid } from './call';

const CHOICES = { clientId: 'Client', service: 'Service' } as const;

/** What a model writes: an argument of the tool, the item that its arguments become, or a parameter made of them. */
const WRITTEN_BY_MODEL = /\$(fromai|json|input|items?|binary|data|parameter|rawparameter|self|tool)\b/i;

/** Shown only where the node is a tool. */
export const toolNotice: INodeProperties = {
  displayName:
    'Choose Client and Service here, or by an expression on data that the AI model does not write. The model must not choose whose credential is used, and never sees it.',
  name: 'toolNotice',
  type: 'notice',
  default: '',
  displayOptions: { show: { '@tool': [true] } },
};

/** n8n offers the node a second time under this name, to be connected to an agent. */
export function isTool({ type }: Pick<INode, 'type'>): boolean {
  return type.endsWith('Tool');
}

/**
 * Whose credential is used is decided by whoever builds the workflow. A language model that could choose would use any
 * client's, on the word of whatever text it has just read.
 *
 * @throws BrokerError
 */
export function assertNotChosenByModel(node: Pick<INode, 'type' | 'parameters'>): void {
  const { options } = node.parameters;
  const connectionName = (options as { connectionName?: unknown } | undefined)?.connectionName;
  const written = Object.entries(CHOICES).map(([name, label]) => [label, locatedValue(node.parameters[name])] as const);
  for (const [label, value] of [...written, ['Connection Name', connectionName] as const]) {
    const forbidden = isTool(node) ? WRITTEN_BY_MODEL : /\$fromai\b/i;
    if (typeof value !== 'string' || !value.startsWith('=') || !forbidden.test(value)) continue;
    throw invalid(
      `"${label}" must not be chosen by the AI model: choose it in the node, or by an expression on data that the model does not write`,
    );
  }
  // Those of the credential may be expressions on the item, which for a tool is what the model has written.
  const missing = written.find(([, value]) => isBlank(value));
  if (isTool(node) && missing) throw invalid(`As a tool, the node needs "${missing[0]}" chosen in the node itself`);
}

/**
 * What a model may know of a failure: not the link by which a client connects, since whoever talks the model into
 * telling it could connect an account of his own.
 */
export function forModel(node: Pick<INode, 'type'>, error: unknown): unknown {
  if (!isTool(node) || !(error instanceof BrokerError) || error.connectUrl === null) return error;
  const { message, reasonCode, httpStatus, connectUrl } = error;
  return new BrokerError(message.replaceAll(connectUrl, '(the link is in Otobot)'), {
    reasonCode,
    httpStatus: httpStatus ?? undefined,
  });
}
