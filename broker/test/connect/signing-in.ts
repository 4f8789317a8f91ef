import type { Seen } from './browser';
import { connect, connectionsOf } from './journey';
import { linkFor, must, type Invited, type Scene } from './scene';

/** From now on the service tells the account in this way. */
export function tellAccount({ ask }: Scene, fields: Record<string, unknown>): Promise<Record<string, unknown>> {
  return must(ask('PATCH /v1/services/crm', { body: { accountIdPath: null, accountLabelPath: null, ...fields } }));
}

export const IN_THE_ANSWER = { accountFrom: 'answer', accountIdPath: 'account_id', accountLabelPath: 'user_id' };

/** Somebody signs in as this account, in a browser of his own; null: the provider does not say as whom. */
export function signInAs(scene: Scene, account: string | null, link: Pick<Invited, 'path'>): Promise<Seen> {
  const extra = account === null ? {} : { account_id: account, user_id: `${account}@acme.example` };
  scene.provider.behave({ extra });
  return connect(scene, scene.browser(), link);
}

/** Another link for the same credential. */
export function linkAgain({ ask }: Scene, { clientId }: Invited): Promise<Invited> {
  return linkFor(ask, { clientId, service: 'crm' });
}

/** What a workflow gets. */
export async function served({ ask }: Scene, { clientId }: Invited): Promise<Record<string, unknown>> {
  return (await ask(`GET /v1/credentials/${clientId}/crm`)).json;
}

/** The one connection of a client. */
export async function connectionOf(scene: Scene, { clientId }: Invited): Promise<Record<string, unknown>> {
  const connections = await connectionsOf(scene, clientId);
  if (connections.length !== 1) throw new Error(`${connections.length} connections`);
  return connections[0] ?? {};
}

export async function eventsOf({ database }: Scene, connectionId: unknown): Promise<{ type: string; data: unknown }[]> {
  const { rows } = await database.query<{ type: string; data: unknown }>(
    'select type, data from outbox where connection_id = $1 order by id',
    [connectionId],
  );
  return rows;
}
