import type { INode, INodeExecutionData, NodeOperationError } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { asItem, asNodeError, failedItem } from '../shared/failure';
import { ApiError } from './api-error';

/** What n8n shows when the node stops. It stores the whole of it, so that nothing of the request may be in it. */
export function asRequestError(node: INode, error: unknown, itemIndex: number): NodeApiError | NodeOperationError {
  if (!(error instanceof ApiError)) return asNodeError(node, error, itemIndex);
  const { message, httpStatus } = error;
  const description = error.description ?? undefined;
  return new NodeApiError(node, { message }, { message, description, httpCode: String(httpStatus), itemIndex });
}

/** What the node returns when it is set to go on. */
export function asFailedItem(error: unknown, itemIndex: number): INodeExecutionData {
  if (!(error instanceof ApiError)) return asItem(error, itemIndex);
  const { httpStatus, answered } = error;
  return failedItem(error, itemIndex, { code: 'api_error', status: httpStatus, answer: answered as object });
}
