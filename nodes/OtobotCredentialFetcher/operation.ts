import type { IDataObject, IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** One thing that the node does, with everything about it. */
export interface Operation extends Pick<INodePropertyOptions, 'name' | 'description' | 'action'> {
  value: string;
  /** Shown where the operation is chosen. */
  fields: INodeProperties[];
  /**
   * @returns one item or several, all paired with the one that they came from
   * @throws BrokerError in words for the person who built the workflow
   */
  run(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject | IDataObject[]>;
}

export type Show = NonNullable<NonNullable<INodeProperties['displayOptions']>['show']>;

/** The fields, each shown only where `show` says so too. */
export function shownWhere(show: Show, fields: INodeProperties[]): INodeProperties[] {
  return fields.map((field) => ({
    ...field,
    displayOptions: { ...field.displayOptions, show: { ...field.displayOptions?.show, ...show } },
  }));
}
