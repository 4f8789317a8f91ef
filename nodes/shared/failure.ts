import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { BrokerError } from './broker-error';

/** What n8n shows when the node stops: the broker's refusal with its status, anything else as it is. */
export function asNodeError(node: INode, error: unknown, itemIndex: number): NodeApiError | NodeOperationError {
  if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
  if (!(error instanceof BrokerError)) return new NodeOperationError(node, error as Error, { itemIndex });
  const { message, reasonCode } = error;
  const description = error.description ?? undefined;
  if (error.httpStatus === null) return new NodeOperationError(node, message, { description, itemIndex });
  const httpCode = String(error.httpStatus);
  return new NodeApiError(node, { message, reasonCode }, { message, description, httpCode, itemIndex });
}

/** What the node returns when it is set to go on: enough to mail the client the link. */
export function asItem(error: unknown, itemIndex: number): INodeExecutionData {
  if (!(error instanceof BrokerError)) return failedItem(error as Error, itemIndex);
  return failedItem(error, itemIndex, { code: error.reasonCode, connectUrl: error.connectUrl });
}

/**
 * An item that n8n takes for a failure, as it has to be for its error output: there may be no other members beside
 * these two. Of an item with an `error` of its own, n8n would keep the message alone.
 */
export function failedItem({ message }: Error, itemIndex: number, details?: IDataObject): INodeExecutionData {
  return { json: { error: message, ...(details && { details }) }, pairedItem: { item: itemIndex } };
}
