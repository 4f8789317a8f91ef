import type { INode, INodeExecutionData } from 'n8n-workflow';
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
  const json =
    error instanceof BrokerError
      ? { error: error.message, code: error.reasonCode, connectUrl: error.connectUrl }
      : { error: (error as Error).message };
  return { json, pairedItem: { item: itemIndex } };
}
