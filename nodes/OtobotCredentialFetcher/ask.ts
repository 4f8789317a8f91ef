import type { ICredentialDataDecryptedObject, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { callBroker, type BrokerCall } from '../shared/broker';
import type { Asked } from '../shared/broker-error';
import { brokerAddress } from '../shared/connection';

/** Asks the broker of this item's credential. `about`: the connection in question, for the words of an error. */
export type Ask = <Body = IDataObject>(call: BrokerCall, about?: Asked) => Promise<Body>;

/** For each item: the credential's fields may be expressions, and every item may belong to another client. */
export async function credentialOf(
  this: IExecuteFunctions,
  itemIndex: number,
): Promise<ICredentialDataDecryptedObject> {
  return await this.getCredentials('otobotDatabaseApi', itemIndex);
}

export function asking(this: IExecuteFunctions, credential: ICredentialDataDecryptedObject): Ask {
  const broker = brokerAddress(credential);
  return (call, about) => callBroker(this.helpers.httpRequest, broker, call, about);
}

interface Page {
  items: IDataObject[];
  nextCursor: string | null;
}

/** The largest page that the broker gives. */
const PAGE_SIZE = 500;

/** A list of the broker, page by page, up to `most` items. */
export async function listOf(
  ask: Ask,
  { path, query, most }: { path: string; query: NonNullable<BrokerCall['query']>; most: number },
): Promise<IDataObject[]> {
  const items: IDataObject[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(PAGE_SIZE, most - items.length);
    const page = await ask<Page>({ method: 'GET', path, query: { ...query, limit, cursor } });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && items.length < most);
  return items;
}
