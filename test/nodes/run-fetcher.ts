import type { IDataObject, IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

import { OtobotCredentialFetcher } from '../../nodes/OtobotCredentialFetcher/OtobotCredentialFetcher.node';
import { httpRequest } from './support';

export interface Run {
  /** As a workflow names it; the newest unless it says. */
  typeVersion?: number;
  items?: IDataObject[];
  /** As they stand in the workflow. */
  parameters?: IDataObject;
  /** What n8n makes of expressions, by item. */
  resolved?: IDataObject[];
  credentials: (itemIndex: number) => IDataObject;
  continueOnFail?: boolean;
  executionId?: string;
}

/** The node in an n8n reduced to what it calls; n8n's own code completes its parameters, and drops those not shown. */
export async function runFetcher(run: Run): Promise<INodeExecutionData[]> {
  const fetcher = new OtobotCredentialFetcher();
  const { items = [{}], resolved = [] } = run;
  const parameters = parametersOf(run);
  const context = {
    getInputData: () => items.map((json) => ({ json })),
    getNode: () => ({ name: 'Fetch', type: 'fetcher', parameters }),
    getNodeParameter: (name: string, i: number, fallback: unknown) =>
      resolved[i]?.[name] ?? parameters[name] ?? fallback,
    getCredentials: async (_type: string, i: number) => run.credentials(i),
    getWorkflow: () => ({ id: 'wf-1' }),
    getExecutionId: () => run.executionId ?? '',
    continueOnFail: () => run.continueOnFail ?? false,
    helpers: { httpRequest },
  };
  const [output] = await fetcher.execute.call(context as unknown as IExecuteFunctions);
  return output ?? [];
}

/** What n8n gives the node, of what stands in the workflow. */
export function parametersOf({ typeVersion, parameters = {} }: Pick<Run, 'typeVersion' | 'parameters'>): IDataObject {
  const { description } = new OtobotCredentialFetcher();
  const node = { typeVersion: typeVersion ?? description.defaultVersion } as INode;
  const whole = NodeHelpers.getNodeParameters(
    description.properties,
    parameters as INode['parameters'],
    true,
    false,
    node,
    description,
  );
  return whole as IDataObject;
}
